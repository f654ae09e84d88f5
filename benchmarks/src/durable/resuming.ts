/**
 * Going on with a loop of which 90 % is done: that must not cost more the longer the loop is.
 *
 * - Time: the file is opened, the run resumed, and as soon as a handler is called suspended again. The
 *   peer is the same with a loop of 1,000 items.
 * - Rows that are read before the first handler is called, counted by a store around the store.
 * - Heap: at most, looked at after each read and every 20,000 items, until the loop has ended. With
 *   keep 'all', what the finished run holds.
 * @module
 */
import { HeapWatch, liveHeap } from '../engine/live-heap.ts';
import type { Measure, Side, Work } from '../harness/work.ts';
import { addOneLoop, type Keep } from './add-one-loop.ts';
import { countingStore } from './counting-store.ts';
import {
  copyOfInterruptedLoop,
  doneOf,
  forever,
  interruptedLoop,
  runId,
} from './interrupted-loop.ts';

const lookEvery = 20_000;

const titles: Readonly<Record<Keep, string>> = { summary: "keep: 'summary'", all: "keep: 'all'" };

function titleOf(count: number, keep: Keep): string {
  return `resume ${count.toLocaleString('en-US')} items, 90 % done, ${titles[keep]}`;
}

/** Resumes the loop until it calls its handler, and suspends it again. */
async function resumeBriefly(file: string, keep: Keep): Promise<number> {
  const { resume } = await import('@runafter/core');
  const { sqliteRunStore } = await import('@runafter/sqlite');
  const { store, rows } = countingStore(sqliteRunStore(file, { synchronous: 'normal' }));
  const called = Promise.withResolvers<void>();
  const addOne = await addOneLoop(keep, () => {
    called.resolve();
    return forever();
  });
  const run = await resume(addOne, runId, { store, grace: 0 });
  run.finished.catch(() => undefined);
  await called.promise;
  const read = rows();
  await run.suspend();
  await store.close();
  return read;
}

function untilFirstHandler(count: number, keep: Keep): Side {
  return {
    units: 1,
    expected: true,
    async prepare() {
      const file = await interruptedLoop(count, keep);
      return async () => (await resumeBriefly(file, keep)) > 0;
    },
  };
}

function time(count: number, keep: Keep): Work {
  return {
    kind: 'duel',
    name: `${titleOf(count, keep)}: until the first handler`,
    unit: 'ms',
    ours: untilFirstHandler(count, keep),
    peers: { 'of 1,000 items': { ...untilFirstHandler(1_000, keep), target: 2 } },
    long: isLong(count) || keep === 'all',
  };
}

function rowsRead(count: number): Work {
  return {
    kind: 'probe',
    name: `${titleOf(count, 'summary')}: rows read first`,
    unit: 'rows',
    once: true,
    ours: async () => resumeBriefly(await interruptedLoop(count, 'summary'), 'summary'),
    peers: {},
    bound: { name: 'bound of 1,100 rows', value: 1_100 },
    long: isLong(count),
  };
}

/**
 * Resumes the loop and runs it to its end.
 *
 * @param look - called after each read, and now and then between the items.
 */
async function resumeToTheEnd<K extends Keep>(count: number, keep: K, look: () => void) {
  const { resume } = await import('@runafter/core');
  const { sqliteRunStore } = await import('@runafter/sqlite');
  const file = await copyOfInterruptedLoop(count, keep);
  const { store } = countingStore(sqliteRunStore(file, { synchronous: 'normal' }), look);
  let called = 0;
  const addOne = await addOneLoop(keep, (item) => {
    if (++called % lookEvery === 0) look();
    return item + 1;
  });
  const run = await (await resume(addOne, runId, { store })).finished;
  await store.close();
  if (run.results[0]?.counts?.Succeeded !== count) throw new Error('Not every item succeeded.');
  if (called !== count - doneOf(count)) throw new Error(`${called} handlers were called.`);
  return run;
}

/** The peak of the heap above what it was before, in MB. */
function peakHeap(count: number): Measure {
  return async () => {
    await resumeToTheEnd(1_000, 'summary', () => {}); // so that compiled code is not counted as data
    const watch = new HeapWatch();
    await resumeToTheEnd(count, 'summary', () => watch.look());
    return watch.aboveIdle;
  };
}

function heap(count: number): Work {
  return {
    kind: 'probe',
    name: `${titleOf(count, 'summary')}: peak heap`,
    unit: 'MB',
    once: true,
    ours: peakHeap(count),
    peers: {},
    bound: { name: 'bound of 10 MB', value: 10 },
    long: isLong(count),
  };
}

const recordCount = 100_000;

const recordHeap: Work = {
  kind: 'probe',
  name: `${titleOf(recordCount, 'all')}: the records at the end`,
  unit: 'bytes/record',
  once: true,
  async ours() {
    await resumeToTheEnd(1_000, 'all', () => {}); // so that compiled code is not counted as data
    const before = liveHeap();
    const run = await resumeToTheEnd(recordCount, 'all', () => {});
    const after = liveHeap();
    if (run.status !== 'Succeeded') throw new Error('Not every item succeeded.');
    return (after - before) / recordCount;
  },
  peers: {},
  bound: { name: 'bound of 300 bytes', value: 300 },
  long: true,
};

function isLong(count: number): boolean {
  return count > 100_000;
}

export const resumingWorks: readonly Work[] = [
  time(100_000, 'summary'),
  time(1_000_000, 'summary'),
  time(100_000, 'all'),
  ...[1_000, 100_000, 1_000_000].map(rowsRead),
  ...[1_000, 100_000, 1_000_000].map(heap),
  recordHeap,
];
