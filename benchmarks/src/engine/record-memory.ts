/**
 * 1,000,000 items with full records, items and outputs being small numbers: what a finished run that
 * somebody still holds costs for each item, that is for its iteration and the action inside.
 * @module
 */
import type { Probe } from '../harness/work.ts';
import { loopWithRecords } from './add-one.ts';
import { liveHeap } from './live-heap.ts';

const count = 1_000_000;

export const recordMemoryWork: Probe = {
  kind: 'probe',
  name: 'memory of 1,000,000 full records',
  unit: 'bytes/record',
  async ours() {
    const loop = await loopWithRecords();
    const items = Array.from({ length: count }, (_, index) => index);
    await loop(items.slice(0, 10_000)); // so that compiled code is not counted as data
    const before = liveHeap();
    const run = await loop(items);
    const after = liveHeap();
    if (run.results[0]?.counts?.Succeeded !== count) throw new Error('Not every item succeeded.');
    return (after - before) / count;
  },
  peers: {},
  bound: { name: 'bound of 220 bytes', value: 220 },
};
