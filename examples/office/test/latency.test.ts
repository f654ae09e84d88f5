import { seededRandom, virtualClock } from '@runafter/clock';
import { expect, test } from 'vitest';
import { kneeCongestion, linearCongestion } from '../src/index.ts';
import { Latency, type LatencyOptions } from '../src/latency.ts';
import { itemsOf, quietOffice, send } from './quiet-office.ts';

function draws(options: LatencyOptions, inService = 1, seed = 1): number[] {
  const latency = new Latency(options, seededRandom(seed));
  return Array.from({ length: 4000 }, () => latency.draw('write', inService));
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('latencies have the mean that was asked for, and a longer tail above it than below', () => {
  const values = draws({ read: 0, write: '2.75s', sigma: 0.6 }).sort((a, b) => a - b);
  expect(mean(values) / 2750).toBeCloseTo(1, 1);
  const median = values[2000] as number;
  expect(median).toBeLessThan(mean(values));
  expect(values.at(-1) as number).toBeGreaterThan(1.8 * 2750);
});

test('the same seed gives the same latencies, another seed others', () => {
  const options = { read: 0, write: '1s' } as const;
  expect(draws(options)).toEqual(draws(options));
  expect(draws(options)).not.toEqual(draws(options, 1, 2));
});

test('linear congestion doubles an answer at ten calls in service with 0.11 a call', () => {
  const options = { read: 0, write: 1000, sigma: 0, congestion: linearCongestion(0.11) } as const;
  expect(draws(options, 1)[0]).toBeCloseTo(1000);
  expect(draws(options, 10)[0]).toBeCloseTo(1990);
});

test('a knee costs nothing up to its place', () => {
  const options = { read: 0, write: 1000, sigma: 0, congestion: kneeCongestion(25, 0.2) } as const;
  expect([1, 25, 30].map((calls) => Math.round(draws(options, calls)[0] as number))).toEqual([
    1000, 1000, 2000,
  ]);
});

test('a write is in the database half-way through its latency, before it is answered', async () => {
  const clock = virtualClock();
  const latency = { read: '10s', write: '10s', sigma: 0 } as const;
  const office = await quietOffice({ clock, sharepoint: { latency } });
  office.createList('Reports', ['Title']);
  const answered = send(itemsOf(office), 'POST', { Title: 'North' });
  await expect.poll(() => office.stats().sharepoint.inService).toBe(1);
  await clock.advance('4.9s');
  expect(office.inspect.items('Reports')).toHaveLength(0);
  await clock.advance('0.1s');
  expect(office.inspect.items('Reports')).toHaveLength(1);
  expect(office.stats().sharepoint.inService).toBe(1);
  await clock.advance('5s');
  expect((await answered).status).toBe(201);
  expect(clock.pending).toBe(0);
});

test('a call whose client has hung up is carried out nevertheless', async () => {
  const clock = virtualClock();
  const latency = { read: '10s', write: '10s' } as const;
  const office = await quietOffice({ clock, sharepoint: { latency } });
  office.createList('Reports', ['Title']);
  const hangUp = new AbortController();
  const body = JSON.stringify({ Title: 'North' });
  const answered = fetch(itemsOf(office), { method: 'POST', body, signal: hangUp.signal });
  await expect.poll(() => office.stats().sharepoint.inService).toBe(1);
  hangUp.abort();
  await expect(answered).rejects.toThrow();
  await clock.advance('1m');
  expect(office.inspect.items('Reports')).toHaveLength(1);
});

test('a service with slots works on so many calls at once; the others queue in order', async () => {
  const clock = virtualClock();
  const latency = { read: '1s', write: '1s', sigma: 0 } as const;
  const office = await quietOffice({ clock, sharepoint: { latency, slots: 2 } });
  office.createList('Reports', ['Title']);
  const answers = [1, 2, 3, 4, 5].map((Title) => send(itemsOf(office), 'POST', { Title }));
  await expect.poll(() => office.stats().sharepoint.calls).toBe(5);
  const written: number[] = [];
  for (let second = 0; second < 3; second++) {
    await clock.advance('1s');
    written.push(office.inspect.items('Reports').length);
  }
  await Promise.all(answers);
  expect(written).toEqual([2, 4, 5]);
  expect(office.stats().sharepoint.peakInService).toBe(2);
});
