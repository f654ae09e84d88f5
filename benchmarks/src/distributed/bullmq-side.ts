/**
 * BullMQ by itself: trees of jobs that FlowProducer adds, and plain jobs.
 *
 * It gets what makes it quick: trees added in bulk, jobs that are removed when they are done, and a queue of
 * their own for the roots. Who waits for the ends reads all events of a queue, so with the roots apart these are
 * a fifth, and none is trimmed before it was read.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type FlowJob, FlowProducer, type Job, Queue, QueueEvents, Worker } from 'bullmq';
import type { Connection } from './own-redis.ts';
import { chainLength, now, type Trace, traceOf } from './trace.ts';
import { concurrency } from './workers.ts';

/** The queue of everything that is not a root. */
const jobsQueue = 'jobs';
const rootsQueue = 'roots';

/** So many trees, with five jobs each, in a transaction: quicker than 250 or all. */
const treesAtOnce = 50;

/** So many plain jobs. */
const jobsAtOnce = 1_000;

/** How often it is asked whether plain jobs are done, in milliseconds. */
const askEvery = 20;

const options = { removeOnComplete: true, removeOnFail: true } as const;

const handlers: Readonly<Record<string, (job: Job) => Promise<unknown>>> = {
  Add: async () => 1,
  /** A job is not given what its children have returned: to know it takes one more round trip. */
  Add_Values: async (job) => 1 + sum(Object.values(await job.getChildrenValues<number>())),
  Hop: async (job) => {
    const called = now();
    const [before] = Object.values(await job.getChildrenValues<Trace>());
    return traceOf(called, before);
  },
};

/** What the jobs of a tree do. */
export type HandlerName = 'Add' | 'Add_Values';

/** E after D, D after B and C, B after A: a tree cannot have C after A as well. */
export function treeOfFive(name: HandlerName): FlowJob {
  const job = (...children: FlowJob[]) => ({ name, queueName: jobsQueue, opts: options, children });
  return { ...job(job(job(job()), job())), queueName: rootsQueue };
}

/** Jobs one after the other, which hand on how long each hop took. */
export function chain(): FlowJob {
  let tree: FlowJob = { name: 'Hop', queueName: jobsQueue, opts: options };
  for (let job = 2; job <= chainLength; job++) tree = { ...tree, opts: options, children: [tree] };
  return { ...tree, queueName: rootsQueue };
}

/** Takes jobs of both queues. */
export async function work(
  { connection }: { readonly connection: Connection },
  cleanup: AsyncDisposableStack,
): Promise<void> {
  const call = (job: Job) => handlers[job.name]?.(job) ?? Promise.reject(new Error(job.name));
  for (const queue of [jobsQueue, rootsQueue]) {
    const worker = new Worker(queue, call, { connection, concurrency });
    cleanup.defer(() => worker.close());
    await worker.waitUntilReady();
  }
}

/** Adds trees, and waits for their roots. */
export class Flows {
  readonly #producer: FlowProducer;
  readonly #waiting = new Map<string, PromiseWithResolvers<unknown>>();

  constructor(connection: Connection, cleanup: AsyncDisposableStack) {
    this.#producer = new FlowProducer({ connection });
    cleanup.defer(() => this.#producer.close());
    const events = new QueueEvents(rootsQueue, { connection, lastEventId: '0' });
    cleanup.defer(() => events.close());
    events.on('completed', ({ jobId, returnvalue }) => this.#take(jobId)?.resolve(returnvalue));
    events.on('failed', ({ jobId, failedReason }) =>
      this.#take(jobId)?.reject(new Error(failedReason)),
    );
  }

  /** @returns what the roots have returned. */
  async run(trees: readonly FlowJob[]): Promise<unknown[]> {
    const named = trees.map((tree) => ({ ...tree, opts: { ...tree.opts, jobId: randomUUID() } }));
    const ends = named.map(({ opts: { jobId } }) => this.#endOf(jobId));
    for (let first = 0; first < named.length; first += treesAtOnce) {
      await this.#producer.addBulk(named.slice(first, first + treesAtOnce));
    }
    return Promise.all(ends);
  }

  #endOf(jobId: string): Promise<unknown> {
    const end = Promise.withResolvers<unknown>();
    this.#waiting.set(jobId, end);
    return end.promise;
  }

  #take(jobId: string): PromiseWithResolvers<unknown> | undefined {
    const end = this.#waiting.get(jobId);
    this.#waiting.delete(jobId);
    return end;
  }
}

/** Adds plain jobs, and waits until none is left. */
export class Jobs {
  readonly #queue: Queue;

  constructor(connection: Connection, cleanup: AsyncDisposableStack) {
    this.#queue = new Queue(jobsQueue, { connection });
    cleanup.defer(() => this.#queue.close());
  }

  async run(count: number): Promise<void> {
    for (let first = 0; first < count; first += jobsAtOnce) {
      const length = Math.min(jobsAtOnce, count - first);
      const job = (_: unknown, index: number) => ({
        name: 'Add',
        data: first + index,
        opts: options,
      });
      await this.#queue.addBulk(Array.from({ length }, job));
    }
    while ((await this.#queue.getJobCountByTypes('wait', 'active')) > 0) await setTimeout(askEvery);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
