/** What a result says is wrong, for people. */
import { describe, expect, it } from 'vitest';
import { type DistributedResult, faultsOf } from './results.ts';

const right: DistributedResult = {
  ...{ name: 'redis', runs: 40, planned: 40, plannedKills: 15 },
  ...{ kills: 17, cuts: 6, lostReplies: 6, restarts: 1, seconds: 30, longestPause: 1 },
  ...{ calls: 1_000, effects: 900, undone: 50, repeatedCalls: 10 },
  ...{ lost: [], stuck: [], wrongStatus: [], duplicateEffects: [], otherWork: [] },
  ...{ storeFaults: [], leftInQueues: [], complaints: [] },
};

describe('a result', () => {
  it('is right when nothing is wrong, and calls may have been repeated', () => {
    expect(faultsOf(right)).toEqual([]);
  });

  it.each<[Partial<DistributedResult>, string]>([
    [{ lost: ['run-1'] }, '1 lost:\n  run-1'],
    [{ stuck: ['run-1', 'run-2'] }, '2 stuck:\n  run-1\n  run-2'],
    [{ wrongStatus: ['run-1: is Failed'] }, '1 ended wrongly:\n  run-1: is Failed'],
    [{ duplicateEffects: ['A: twice'] }, '1 effects took place twice:\n  A: twice'],
    [{ otherWork: ['A: never'] }, '1 not done as it should be:\n  A: never'],
    [{ storeFaults: ['A: late'] }, '1 should not have been granted or recorded:\n  A: late'],
    [{ leftInQueues: ['chaos:runs:17'] }, '1 left in the queues:\n  chaos:runs:17'],
    [{ complaints: ['A worker did not close.'] }, 'A worker did not close.'],
    [{ runs: 39 }, '39 of 40 runs were begun.'],
    [{ kills: 14 }, '14 workers were killed, and not 15.'],
    [{ kills: 0, plannedKills: 0 }, 'nothing was killed, so nothing is shown.'],
    [{ cuts: 0 }, 'no connection was cut, so nothing is shown.'],
    [{ lostReplies: 0 }, 'no reply was lost, so nothing is shown.'],
    [{ restarts: 0 }, 'Redis was not restarted, so nothing is shown.'],
  ])('is wrong with %o', (change, fault) => {
    expect(faultsOf({ ...right, ...change })).toEqual([`redis: ${fault}`]);
  });

  it('names the first few of many', () => {
    const lost = Array.from({ length: 10 }, (_, number) => `run-${number}`);
    expect(faultsOf({ ...right, lost }).join()).toMatch(/10 lost:.*run-7\n {2}and 2 more$/s);
  });
});
