import { expect, test } from 'vitest';
import type { Survived } from '../src/kill-half-way.ts';
import { isUnharmed, killFactsOf, killText, leftBehindText } from '../src/kill-report.ts';

const expected = { items: 30, increments: 30, customers: 10 };

const survived: Survived = {
  summary: { Complete: 28, Failed: 2, rows: [] },
  score: expected,
  statuses: { Pending: 0, Processing: 0, Complete: 28, Failed: 2 },
  effects: { keys: 101, duplicates: 0, harmless: 1 },
  kept: 77,
  runAgain: 0,
};

test('the numbers for programs are counted from the list, the office and the handlers', () => {
  const harmed: Survived = {
    ...survived,
    statuses: { Pending: 1, Processing: 2, Complete: 20, Failed: 7 },
    effects: { keys: 99, duplicates: 4, harmless: 0 },
    runAgain: 7,
  };
  expect(killFactsOf(harmed)).toEqual({
    ended: 27,
    stuck: 3,
    duplicateEffects: 4,
    notRunAgain: 70,
  });
});

test('people read what came of it', () => {
  expect(killText(survived)).toBe(
    `
reports that ended             30   28 Complete, 2 Failed
still Pending or Processing     0
done twice                      0   of 101 effects, by idempotency key; 1 call came again, and changed nothing
handlers not run again         77   their outcomes were in the store`.slice(1),
  );
});

test('people read what was left, and how long the next process waits', () => {
  const text = leftBehindText({
    pid: 4711,
    statuses: { Pending: 5, Processing: 10, Complete: 15, Failed: 0 },
    kept: {
      processed: 14,
      handlers: new Set(['Reports[0]/Process/Set_Processing']),
      lease: { holder: 'process 4711 on laptop', expiresAt: 0 },
    },
    lease: 2_000,
  });
  expect(text).toContain('SIGKILL: process 4711 is gone');
  expect(text).toContain('5 Pending, 10 Processing, 15 Complete, 0 Failed');
  expect(text).toContain('1 outcomes; the run is still held by process 4711 on laptop');
  expect(text).toContain('2s here, 15s unless said otherwise');
});

test.each<[string, Partial<Survived>]>([
  ['a report is stuck', { statuses: { ...survived.statuses, Complete: 27, Processing: 1 } }],
  ['something was done twice', { effects: { ...survived.effects, duplicates: 1 } }],
  ['a handler was run again although its outcome was kept', { runAgain: 1 }],
  ['a customer is there twice', { score: { ...expected, customers: 11 } }],
  ['a report is missing in the summary', { summary: { Complete: 27, Failed: 2, rows: [] } }],
])('it is not unharmed when %s', (_, harm) => {
  expect(isUnharmed(survived, expected)).toBe(true);
  expect(isUnharmed({ ...survived, ...harm }, expected)).toBe(false);
});
