import { expect, test } from 'vitest';
import { naive } from '../src/naive.ts';
import { countedIn, customersIn } from '../src/weekly-office.ts';
import { aWeek, countStatuses } from './week.ts';

test('several at a time it loses rows, counts or customers, and does not notice', async () => {
  const { office, systems, items } = await aWeek();
  const rows = await naive(systems);

  const lostRows = 30 - rows.length;
  const lostCounts = 30 - countedIn(office);
  const duplicates = customersIn(office) - 10;
  expect(Math.min(lostRows, lostCounts, duplicates)).toBeGreaterThanOrEqual(0);
  expect(lostRows + lostCounts + duplicates).toBeGreaterThan(0);
  // The list looks as if all were well.
  expect(countStatuses(items())).toEqual({ Complete: 30 });
});

test('one at a time it is right: what it loses, it loses to concurrency', async () => {
  const { office, systems } = await aWeek();
  const rows = await naive(systems, { concurrency: 1 });
  expect([rows.length, countedIn(office), customersIn(office)]).toEqual([30, 30, 10]);
});
