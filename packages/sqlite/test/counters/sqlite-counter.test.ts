/** What only counters in a file have. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { virtualClock } from '@runafter/clock';
import type { AtomicCounter } from '@runafter/counter';
import { expect, it, onTestFinished } from 'vitest';
import { sqliteCounter } from '../../src/index.ts';
import { runChild } from '../child-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';

it('loses and doubles nothing of what several processes add, with ids and without', async () => {
  const file = join(temporaryFolder(), 'app.db');
  const program = new URL('../child/add-to-counter.ts', import.meta.url);
  const children = await Promise.all(
    Array.from({ length: 4 }, (_, n) => runChild(program, [file, `${n}`, '50'])),
  );
  expect(children.map(({ stderr }) => stderr).join('')).toBe('');
  const counter = opened(sqliteCounter(file));
  expect(await counter.read('plain')).toBe(200n);
  expect(await counter.read('once'), 'all have used the same 50 ids').toBe(50n);
});

it('deletes ids that have expired in the course of later additions, a few at a time', async () => {
  const clock = virtualClock();
  const file = join(temporaryFolder(), 'app.db');
  const counter = opened(sqliteCounter(file, { clock, keepIds: '1h' }));
  await Promise.all(
    Array.from({ length: 50 }, (_, n) => counter.add('n', 1, { once: `early-${n}` })),
  );
  await clock.advance('1h');
  await counter.add('n', 1, { once: 'early-9' });
  expect(await counter.read('n'), 'what has expired counts again, deleted or not').toBe(51n);
  const database = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => database.close());
  const kept = database.prepare('SELECT count(*) AS count FROM counted_operation');
  const counts: unknown[] = [];
  for (let n = 0; n < 4; n++) {
    await counter.add('other', 1, { once: `late-${n}` });
    counts.push(kept.get()?.count);
  }
  expect(counts).toEqual([11, 3, 4, 5]);
});

it('keeps counters with different prefixes apart in one file', async () => {
  const file = join(temporaryFolder(), 'app.db');
  const [one, two] = ['1', '2'].map((prefix) => opened(sqliteCounter(file, { prefix }))) as [
    AtomicCounter,
    AtomicCounter,
  ];
  await one.add('n', 1, { once: 'op' });
  await two.add('n', 10, { once: 'op' });
  expect([await one.read('n'), await two.read('n')]).toEqual([1n, 10n]);
});

it('makes one transaction of the additions of one turn', async () => {
  const file = join(temporaryFolder(), 'app.db');
  const counter = opened(sqliteCounter(file));
  await counter.add('n', 1);
  const written = () => statSync(`${file}-wal`).size;
  const before = written();
  const values = await Promise.all(Array.from({ length: 100 }, () => counter.addAndGet('n', 1)));
  expect(new Set(values).size).toBe(100);
  expect(written() - before, 'a few pages, and not a hundred times as many').toBeLessThan(40_000);
});

function opened(counter: AtomicCounter): AtomicCounter {
  onTestFinished(() => counter.close());
  return counter;
}
