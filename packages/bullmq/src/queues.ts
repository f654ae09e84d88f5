/**
 * The queues of a distribution, opened when they are first needed.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { Queue, type QueueOptions } from 'bullmq';
import { closeOrCut } from './closing.ts';
import type { DistributeOptions } from './options.ts';

/** A job as it is enqueued. */
export interface NewJob {
  readonly id: string;
  /** What dashboards show. */
  readonly name: string;
  readonly data: object;
  readonly priority?: number | undefined;
  /** Whether it stays where it is when it has failed, for a person to look at. Default false. */
  readonly isKept?: boolean;
}

export class Queues {
  readonly #options: Pick<QueueOptions, 'connection' | 'prefix'> & Partial<QueueOptions>;
  readonly #onFault: (error: Error) => void;
  readonly #open = new Map<string, Queue>();

  constructor(
    { connection, bullmq }: DistributeOptions,
    prefix: string,
    onFault: (error: Error) => void,
  ) {
    this.#options = { ...bullmq?.queue, connection, prefix };
    this.#onFault = onFault;
  }

  /** The queues that were opened so far. */
  get all(): readonly Queue[] {
    return [...this.#open.values()];
  }

  get(name: string): Queue {
    let queue = this.#open.get(name);
    if (queue === undefined) {
      queue = new Queue(name, this.#options);
      queue.on('error', this.#onFault);
      this.#open.set(name, queue);
    }
    return queue;
  }

  /** Enqueues jobs; those whose ids are in the queue already are left as they are. */
  async add(name: string, jobs: readonly NewJob[]): Promise<void> {
    await this.get(name).addBulk(
      jobs.map(({ id, name: title, data, priority, isKept = false }) => ({
        name: title,
        data,
        opts: {
          jobId: id,
          // The store tells what has become of the work; a job that is over stands in the way of the next.
          removeOnComplete: true,
          removeOnFail: !isKept,
          ...(priority !== undefined && { priority }),
        },
      })),
    );
  }

  async close(clock: Clock): Promise<void> {
    await Promise.all(this.all.map((queue) => closeOrCut(queue, clock)));
  }
}
