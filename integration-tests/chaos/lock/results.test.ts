/** What counts as right, and what does not. */
import { describe, expect, it } from 'vitest';
import { faultsOf, type LockResult } from './results.ts';

const right: LockResult = {
  ...{ name: 'redis', planned: 8, zombies: 8, staleWritesAccepted: 0, linearizable: true },
  ...{ explanation: '', acquired: 100, refusedByHolder: 8, refusedByStore: 16 },
  ...{ believedTooLong: 0, killedHolders: 1, killedWaiters: 1, kills: 1, lostReplies: 3 },
  ...{ endsWithConnection: false, seconds: 5 },
};

describe('a result is right', () => {
  it('when all zombies were refused', () => {
    expect(faultsOf(right)).toEqual([]);
  });

  it('without lost replies where nothing goes over a network', () => {
    expect(faultsOf({ ...right, lostReplies: null })).toEqual([]);
  });

  it('when a holder whose connection was cut learns of it a moment later', () => {
    expect(faultsOf({ ...right, endsWithConnection: true, believedTooLong: 1 })).toEqual([]);
  });
});

it.each([
  [{ staleWritesAccepted: 2 }, '2 stale writes were accepted.'],
  [{ believedTooLong: 1 }, '1 writes were sent when the lock had passed on.'],
  [{ linearizable: false, explanation: 'Why.' }, 'what was seen cannot be explained.\nWhy.'],
  [{ zombies: 7 }, 'there were 7 zombies, and there were to be 8.'],
  [{ kills: 0 }, 'nothing was killed, so nothing is shown.'],
  [{ lostReplies: 0 }, 'no reply was lost, so nothing is shown.'],
])('a result with %o is wrong', (changed, fault) => {
  expect(faultsOf({ ...right, ...changed })).toEqual([`redis: ${fault}`]);
});
