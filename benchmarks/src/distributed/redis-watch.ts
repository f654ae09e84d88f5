/**
 * Looks at a Redis server every few milliseconds while a side works: how much memory is in use, and how many jobs
 * are in BullMQ's queues.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Connection } from './own-redis.ts';

/** In milliseconds. */
const lookEvery = 20;

/** How long the server may take to let go of what is not needed, in milliseconds. */
const restsAfter = 1_000;

/** What was seen, above what there was before. */
export interface Sighting {
  /** In MB. */
  readonly peak: number;
  /** In MB, some time after the work. */
  readonly resting: number;
  /** The most jobs at one time: waiting, active, and those that wait for a time, a priority, or children. */
  readonly jobs: number;
}

/** Where BullMQ keeps the jobs of a queue, each with the command that counts them. */
const jobLists = {
  wait: 'llen',
  active: 'llen',
  prioritized: 'zcard',
  delayed: 'zcard',
  'waiting-children': 'zcard',
} as const;

/** A connection that looks. */
export class RedisWatch {
  readonly #client: Redis;

  constructor(connection: Connection, cleanup: AsyncDisposableStack) {
    this.#client = new Redis(connection);
    cleanup.defer(async () => void (await this.#client.quit()));
  }

  /** Looks until the work is done, and once again when the server has come to rest. */
  async during(work: () => Promise<void>): Promise<Sighting> {
    const queues = await this.#queues();
    const before = await this.#memory();
    let peak = before;
    let jobs = 0;
    const stop = new AbortController();
    const look = async () => {
      while (!stop.signal.aborted) {
        const [memory, count] = await Promise.all([this.#memory(), this.#jobs(queues)]);
        peak = Math.max(peak, memory);
        jobs = Math.max(jobs, count);
        await setTimeout(lookEvery);
      }
    };
    const looking = look();
    try {
      await work();
    } finally {
      stop.abort();
      await looking;
    }
    await setTimeout(restsAfter);
    const resting = await this.#memory();
    return { peak: megabytes(peak - before), resting: megabytes(resting - before), jobs };
  }

  /** What the keys of each queue begin with; its workers have made its settings by now. */
  async #queues(): Promise<string[]> {
    const queues: string[] = [];
    for await (const keys of this.#client.scanStream({ match: '*:meta', count: 1_000 })) {
      for (const key of keys) queues.push(key.slice(0, -'meta'.length));
    }
    return queues;
  }

  async #memory(): Promise<number> {
    const memory = await this.#client.info('memory');
    return Number(/used_memory:(\d+)/.exec(memory)?.[1]);
  }

  async #jobs(queues: readonly string[]): Promise<number> {
    const counts = queues.flatMap((queue) =>
      Object.entries(jobLists).map(([list, count]) => this.#client[count](`${queue}${list}`)),
    );
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }
}

/** At least the 0.01 MB that can be told apart. */
function megabytes(bytes: number): number {
  return Math.max(0.01, bytes / 1e6);
}
