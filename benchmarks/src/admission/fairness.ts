/**
 * One tenant streams 1,000,000 items through a queue, and another comes with 100: how long those wait.
 *
 * Time is counted in service times: one item is served after the other, each takes 1, and what a queue costs
 * beside that is left out. So the waits are exact, and the same on every machine.
 * @module
 */

import { HeapWatch } from '../engine/live-heap.ts';
import { quantile } from '../harness/statistics.ts';
import type { Measure, Probe } from '../harness/work.ts';

const many = 1_000_000;
const few = 100;
/** When the second tenant comes. */
const comesAt = 10_000;
const lookEvery = 20_000;

interface Job {
  readonly tenant: 'many' | 'few';
  /** When it was pushed, for those who are watched. */
  readonly at: number;
}

/** A queue as the measurement uses it. */
interface Queue extends AsyncIterable<Job> {
  pushAll(jobs: Iterable<Job>): Promise<unknown>;
  end(): void;
}

function* jobs(tenant: Job['tenant'], count: number, at: number): Generator<Job> {
  for (let n = 0; n < count; n++) yield { tenant, at };
}

/** Serves everything, and gives the waits of the second tenant. */
async function serve(queue: Queue, count: number, watch?: HeapWatch): Promise<number[]> {
  const waits: number[] = [];
  const pushed = [queue.pushAll(jobs('many', count, 0))];
  let now = 0;
  const come = async (): Promise<void> => {
    pushed.push(queue.pushAll(jobs('few', few, now)));
    await Promise.all(pushed);
    queue.end();
  };
  if (count === 0) void come();
  for await (const { tenant, at } of queue) {
    if (now % lookEvery === 0) watch?.look();
    if (tenant === 'few') waits.push(now - at);
    now++;
    if (now === comesAt) void come();
  }
  if (now !== count + few) throw new Error(`${now} of ${count + few} items were served.`);
  return waits;
}

const fair = async (): Promise<Queue> => {
  const { fairQueue } = await import('@runafter/admission');
  return fairQueue<Job>({ by: ({ tenant }) => tenant });
};

/** First come, first served, whosesoever it is; and everything that is pushed is there at once. */
const fifo = async (): Promise<Queue> => {
  const line: Job[] = [];
  let ended = false;
  return {
    async pushAll(jobs) {
      for (const job of jobs) line.push(job);
    },
    end() {
      ended = true;
    },
    async *[Symbol.asyncIterator]() {
      for (let next = 0; next < line.length || !ended; next++) yield line[next] as Job;
    },
  };
};

function p95(make: () => Promise<Queue>, count: number): Measure {
  return async () => quantile(await serve(await make(), count), 0.95);
}

function peakHeap(make: () => Promise<Queue>): Measure {
  return async () => {
    await serve(await make(), lookEvery);
    const queue = await make();
    const watch = new HeapWatch();
    await serve(queue, many, watch);
    return watch.aboveIdle;
  };
}

/** 100 items, one after the other: the 95th waits for 94. */
const alone = Math.ceil(few * 0.95) - 1;

export const fairnessWorks: readonly Probe[] = [
  {
    kind: 'probe',
    name: "a tenant's 100 items beside 1,000,000 of another: p95 of their waits",
    unit: 'service times',
    once: true,
    ours: p95(fair, many),
    peers: {
      'without the other': { measure: p95(fair, 0) },
      'FIFO queue': { measure: p95(fifo, many) },
    },
    bound: { name: '2 × without it, and 1', value: 2 * alone + 1 },
  },
  {
    kind: 'probe',
    name: '1,000,000 items of a tenant that are streamed: peak heap',
    unit: 'MB',
    once: true,
    ours: peakHeap(fair),
    peers: { 'FIFO queue': { measure: peakHeap(fifo) } },
    bound: { name: 'bound of 10 MB', value: 10 },
  },
];
