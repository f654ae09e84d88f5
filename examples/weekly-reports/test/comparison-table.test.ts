import { expect, test } from 'vitest';
import { comparisonTable } from '../src/comparison-table.ts';

const comparison = {
  expected: { items: 30, increments: 30, customers: 10 },
  naive: { items: 3, increments: 17, customers: 14, seconds: 6.1 },
  runafter: { items: 30, increments: 30, customers: 10, seconds: 4.9 },
  summary: { Complete: 29, Failed: 1 },
};

test('the table shows what each program lost, and times at the speed of the real services', () => {
  expect(comparisonTable(comparison, 5)).toBe(
    `
                       expected   as people write it   with runafter
rows in the result           30          3 (27 lost)              30
value of the counter         30         17 (13 lost)              30
customers created            10      14 (4 too many)              10
time of the services                          30.5 s          24.5 s

Both programs ended without an error.
Summary, from result(): 29 Complete, 1 Failed.
The stand-ins ran 5 times as fast as the real services: here it took 6.1 s and 4.9 s.`.slice(1),
  );
});

test('what is right and what is wrong is painted, and nothing moves for it', () => {
  const painted: string[] = [];
  const table = comparisonTable(comparison, 5, (text, verdict) => {
    painted.push(`${text}: ${verdict}`);
    return `<${text}>`;
  });
  expect(painted).toEqual([
    ...['3 (27 lost): wrong', '30: right'],
    ...['17 (13 lost): wrong', '30: right'],
    ...['14 (4 too many): wrong', '10: right'],
  ]);
  expect(table.replaceAll(/[<>]/g, '')).toBe(comparisonTable(comparison, 5));
});
