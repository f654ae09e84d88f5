/** What counts as right, and what does not. */
import { describe, expect, it } from 'vitest';
import {
  type BackendResult,
  type CounterResult,
  type DocumentResult,
  faultsOf,
} from './results.ts';

const damage = { kills: 3, lostReplies: 4, outages: 1, processes: 8, seconds: 1, longestPause: 0 };
const counter: CounterResult = { ...damage, operations: 100, planned: 100, sum: 100n };
const document: DocumentResult = {
  ...damage,
  acknowledged: [0, 1, 2, 3],
  unknown: [4, 5],
  n: 5,
  applied: [1, 0, 2, 4, 3],
};

function faults(changed: {
  readonly counter?: Partial<CounterResult>;
  readonly document?: Partial<DocumentResult>;
}): string[] {
  const result: BackendResult = {
    name: 'redis',
    counter: { ...counter, ...changed.counter },
    document: { ...document, ...changed.document },
  };
  return faultsOf(result);
}

describe('a result is right', () => {
  it('when the sum is the number of operations, and the document holds what it should', () => {
    expect(faults({})).toEqual([]);
  });

  it.each([
    { unknown: 'none', n: 4, applied: [0, 1, 2, 3] },
    { unknown: 'all', n: 6, applied: [0, 1, 2, 3, 4, 5] },
  ])('with $unknown of the unknown operations in the document', ({ n, applied }) => {
    expect(faults({ document: { n, applied } })).toEqual([]);
  });

  it('without lost replies where nothing goes over a network', () => {
    const local = { lostReplies: null };
    expect(faults({ counter: local, document: local })).toEqual([]);
  });
});

describe('a result is wrong', () => {
  it.each([
    [{ sum: 99n }, 'the sum of 100 operations is 99: 1 were lost.'],
    [{ sum: 102n }, 'the sum of 100 operations is 102: 2 counted twice.'],
    [{ operations: 90, sum: 90n }, '90 of 100 operations were made.'],
    [{ kills: 0 }, 'nothing was killed, so nothing is shown.'],
    [{ lostReplies: 0 }, 'no reply was lost, so nothing is shown.'],
  ])('with a counter of %o', (changed, fault) => {
    expect(faults({ counter: changed })).toEqual([`redis, counter: ${fault}`]);
  });

  it.each([
    [{ n: 4, applied: [1, 0, 2, 4] }, 'acknowledged and lost: 3.'],
    [{ n: 6, applied: [1, 0, 2, 4, 3, 2] }, 'applied twice: 2.'],
    [{ n: 6, applied: [1, 0, 2, 4, 3, 4] }, 'applied twice: 4.'],
    [{ n: 6, applied: [1, 0, 2, 4, 3, 9] }, 'applied and never begun: 9.'],
    [{ n: 6 }, 'it says 6, and names 5 operations.'],
    [{ kills: 0 }, 'nothing was killed, so nothing is shown.'],
    [{ lostReplies: 0 }, 'no reply was lost, so nothing is shown.'],
  ])('with a document of %o', (changed, fault) => {
    expect(faults({ document: changed })).toEqual([`redis, document: ${fault}`]);
  });
});
