/**
 * The same 100,000 items as a workflow's forEach: with nothing kept but counts; with a record kept of
 * every iteration and every action; and with all of these read as well. The peers give their results,
 * as they always do.
 * @module
 */
import type { RunResult } from '@runafter/core';
import type { Duel, Side } from '../harness/work.ts';
import { loopWithCounts, loopWithRecords } from './add-one.ts';
import { loops } from './bounded-map.ts';
import { expectedSum, items, sum } from './items.ts';

const counts: Side = {
  units: 1,
  expected: items.length,
  async prepare() {
    const loop = await loopWithCounts();
    return async () => {
      const run = await loop(items);
      return run.status === 'Succeeded' ? run.outputs.Succeeded : run.error.message;
    };
  },
};

/** Our side with full records; `read` says what is read of the finished run. */
const records = (read: (run: RunResult<number[]>) => unknown): Side => ({
  units: 1,
  expected: expectedSum,
  async prepare() {
    const loop = await loopWithRecords();
    return async () => read(await loop(items));
  },
});

function sumOfOutputs(run: RunResult<number[]>): unknown {
  return run.status === 'Succeeded' ? sum(run.outputs) : run.error.message;
}

function sumOfIterations({ results: [loop] }: RunResult<number[]>): number {
  let total = 0;
  for (const iteration of loop?.iterations ?? []) {
    if (iteration.status === 'Succeeded') total += Number(iteration.outputs);
  }
  return total;
}

export const forEachWorks: readonly Duel[] = [
  {
    kind: 'duel',
    name: "100,000 items, 20 at once: forEach, keep: 'summary'",
    unit: 'ms',
    ours: counts,
    peers: { 'p-map': { ...loops['p-map'], target: 1 }, effect: loops.effect },
  },
  {
    kind: 'duel',
    name: '100,000 items, 20 at once: forEach, full records',
    unit: 'ms',
    ours: records(sumOfOutputs),
    peers: { 'p-map': { ...loops['p-map'], target: 1.25 }, effect: loops.effect },
  },
  {
    kind: 'duel',
    name: '100,000 items, 20 at once: forEach, full records, all read',
    unit: 'ms',
    ours: records(sumOfIterations),
    peers: { 'p-map': loops['p-map'], effect: loops.effect },
  },
];
