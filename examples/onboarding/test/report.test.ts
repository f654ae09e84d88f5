import { expect, test } from 'vitest';
import { killedText } from '../src/report.ts';

test('after a kill it says who goes on, and how long the others wait', () => {
  const killed = { pid: 7, done: 100, lease: 2_000 };
  expect(killedText({ ...killed, others: 0 })).toMatch(
    /^SIGKILL: process 7 is gone, .*; 100 hires were done with\..*so the next process waits.*2s here/s,
  );
  expect(killedText({ ...killed, others: 3 })).toMatch(
    /^SIGKILL: process 7 is gone, which scheduled the run; 100 hires .*so the others wait.*2s here/s,
  );
});
