import { expect, test } from 'vitest';
import { measureWaits } from '../src/harness/waits.ts';
import type { WaitingSide } from '../src/harness/work.ts';

/** A side whose n-th round has the waits [n, n]. */
function counting(name: string, log: string[]): WaitingSide {
  return {
    async prepare(cleanup) {
      cleanup.defer(() => void log.push(`${name} closed`));
      let round = 0;
      return async () => {
        log.push(name);
        round++;
        return [round, round];
      };
    },
  };
}

test('keeps all waits of each round but the first, and swaps who goes first', async () => {
  const log: string[] = [];
  const waits = await measureWaits(counting('ours', log), counting('theirs', log), { rounds: 2 });
  const rounds = [
    [2, 2],
    [3, 3],
  ];
  expect(waits).toEqual({ ours: rounds, theirs: rounds });
  expect(log).toEqual([
    ...['ours', 'theirs'],
    ...['ours', 'theirs'],
    ...['theirs', 'ours'],
    ...['theirs closed', 'ours closed'],
  ]);
});
