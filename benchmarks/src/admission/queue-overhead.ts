/**
 * What a queue costs for each item: 100,000 items of 100 tenants are put in, and taken out by one consumer.
 * @module
 */
import type { Duel, Side } from '../harness/work.ts';

const count = 100_000;
const tenants = 100;

interface Job {
  readonly tenant: number;
  readonly n: number;
}

const jobs: readonly Job[] = Array.from({ length: count }, (_, n) => ({ tenant: n % tenants, n }));
const sum = jobs.reduce((total, { n }) => total + n, 0);

function side(prepare: () => Promise<() => Promise<number>>): Side {
  return { units: count, expected: sum, prepare };
}

export const queueOverheadWork: Duel = {
  kind: 'duel',
  name: '100,000 items of 100 tenants, put in and taken out',
  unit: 'µs/item',
  ours: side(async () => {
    const { fairQueue } = await import('@runafter/admission');
    return async () => {
      const queue = fairQueue<Job, number>({ by: ({ tenant }) => tenant });
      for (const job of jobs) queue.tryPush(job);
      queue.end();
      let total = 0;
      for await (const { n } of queue) total += n;
      return total;
    };
  }),
  peers: {
    'array, awaited': side(async () => async () => {
      const line: Job[] = [];
      for (const job of jobs) line.push(job);
      let total = 0;
      for (const job of line) total += (await job).n;
      return total;
    }),
    'async.queue': side(async () => {
      const { queue: makeQueue } = await import('async');
      return async () => {
        let total = 0;
        const queue = makeQueue<Job>(async ({ n }) => {
          total += n;
        }, 1);
        for (const job of jobs) void queue.push(job);
        await queue.drain();
        return total;
      };
    }),
  },
};
