/** A line serves first who came first, and lets anybody leave. */
import { expect, it } from 'vitest';
import { Line } from '../src/line.ts';

it('serves those who are left in the order of coming', () => {
  const line = new Line<string>();
  const places = ['a', 'b', 'c', 'd', 'e'].map((who) => line.join(who));
  for (const n of [0, 2, 4]) line.leave(places[n] as (typeof places)[0]);
  expect(line.length).toBe(2);
  line.join('f');
  expect(line.first).toBe('b');
  expect([line.serve(), line.serve(), line.serve(), line.serve()]).toEqual([
    'b',
    'd',
    'f',
    undefined,
  ]);
  expect(line.length).toBe(0);
});

it('takes no notice of who leaves again, or has been served', () => {
  const line = new Line<string>();
  const place = line.join('a');
  const second = line.join('b');
  line.join('c');
  line.serve();
  line.leave(place);
  line.leave(second);
  line.leave(second);
  expect([line.length, line.serve(), line.serve()]).toEqual([1, 'c', undefined]);
});
