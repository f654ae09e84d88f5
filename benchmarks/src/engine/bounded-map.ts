/**
 * 100,000 trivial items, 20 at once: the bare bounded map next to everybody's.
 *
 * Every side maps with the same kind of async function and sums its results.
 * @module
 */
import type { Duel, Side } from '../harness/work.ts';
import { concurrency, expectedSum, items, sum } from './items.ts';

const side = (prepare: Side['prepare']): Side => ({ units: 1, expected: expectedSum, prepare });

/** The loops of other packages, which for-each.ts compares with as well. */
export const loops = {
  'hand-written': side(async () => async () => {
    const results: number[] = [];
    const addOne = async (item: number) => item + 1;
    let next = 0;
    const worker = async () => {
      while (next < items.length) {
        const index = next++;
        results[index] = await addOne(items[index] ?? Number.NaN);
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    return sum(results);
  }),
  'async.mapLimit': side(async () => {
    const { mapLimit } = await import('async');
    const own = [...items];
    return async () =>
      sum(await mapLimit<number, number>(own, concurrency, async (item: number) => item + 1));
  }),
  'p-map': side(async () => {
    const { default: pMap } = await import('p-map');
    return async () => sum(await pMap(items, async (item) => item + 1, { concurrency }));
  }),
  'p-limit': side(async () => {
    const { default: pLimit } = await import('p-limit');
    return async () => sum(await pLimit(concurrency).map(items, async (item) => item + 1));
  }),
  effect: side(async () => {
    const { Effect } = await import('effect');
    const addOne = async (item: number) => item + 1;
    const program = Effect.forEach(items, (item) => Effect.promise(() => addOne(item)), {
      concurrency,
    });
    return async () => sum(await Effect.runPromise(program));
  }),
};

export const boundedMapWork: Duel = {
  kind: 'duel',
  name: '100,000 items, 20 at once: bare bounded map',
  unit: 'ms',
  ours: side(async () => {
    const { boundedMap } = await import('@runafter/core');
    return async () => sum(await boundedMap(items, { concurrency }, async (item) => item + 1));
  }),
  peers: { ...loops, 'async.mapLimit': { ...loops['async.mapLimit'], target: 0.8 } },
};
