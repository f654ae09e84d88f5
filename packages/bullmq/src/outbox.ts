/**
 * Jobs on their way into their queues.
 *
 * While one request is under way, what comes is collected for the next: many jobs share a round trip,
 * and a single one does not wait. A queue that cannot be reached is tried again for as long as somebody
 * wants the job in it.
 * @module
 */
import { type Clock, exponential, retry } from '@runafter/clock';
import type { NewJob, Queues } from './queues.ts';

interface Letter {
  readonly job: NewJob;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Waits between tries; the callers' signals end them. */
const tryAgain = exponential({
  count: Number.POSITIVE_INFINITY,
  interval: '100ms',
  maximum: '5s',
  totalTime: '365d',
});

export class Outbox {
  readonly #queues: Pick<Queues, 'add'>;
  readonly #clock: Clock;
  readonly #onFault: (error: Error) => void;
  readonly #waiting = new Map<string, Letter[]>();
  readonly #busy = new Set<string>();

  constructor(queues: Pick<Queues, 'add'>, clock: Clock, onFault: (error: Error) => void) {
    this.#queues = queues;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Resolves when the job is in its queue; rejects with the signal's reason when it is not wanted any more. */
  async put(queue: string, job: NewJob, signal: AbortSignal): Promise<void> {
    await retry(() => this.#send(queue, job), tryAgain, {
      clock: this.#clock,
      signal,
      onRetry: ({ error }) => this.#onFault(error as Error),
    });
  }

  #send(queue: string, job: NewJob): Promise<void> {
    return new Promise((resolve, reject) => {
      const letters = this.#waiting.get(queue) ?? [];
      this.#waiting.set(queue, letters);
      letters.push({ job, resolve, reject });
      if (!this.#busy.has(queue)) void this.#empty(queue);
    });
  }

  async #empty(queue: string): Promise<void> {
    this.#busy.add(queue);
    // What becomes ready in the same turn goes together.
    await Promise.resolve();
    for (;;) {
      const letters = this.#waiting.get(queue);
      this.#waiting.delete(queue);
      if (letters === undefined) break;
      try {
        await this.#queues.add(
          queue,
          letters.map(({ job }) => job),
        );
        for (const { resolve } of letters) resolve();
      } catch (error) {
        for (const { reject } of letters) reject(error);
      }
    }
    this.#busy.delete(queue);
  }
}
