/**
 * The updates of one key that wait in this process: served in the order of their arrival, many by one
 * cycle of read, change and write.
 *
 * Invariant: one cycle at a time, and each takes up its updates before it reads. So an update never works
 * on a value that is older than its call, and two updates of this process never conflict.
 * Read next: update-cycle.ts, one such cycle.
 * @module
 */
import { fullJitter, retryAfterOf } from '@runafter/clock';
import type { DocumentStore } from '../document-port.ts';
import { allSettled, type PendingUpdate } from './pending-update.ts';
import { type Doubt, UpdateCycle } from './update-cycle.ts';

export class UpdateQueue<T> {
  readonly #store: DocumentStore<T>;
  readonly #key: string;
  /** Called when nothing waits any more. */
  readonly #onIdle: () => void;
  #waiting: PendingUpdate<T>[] = [];
  #isServing = false;
  /** So many of the next updates are served one by one, because a write of them together was refused. */
  #alone = 0;
  /** Cycles in a row that did not end in a write. */
  #failures = 0;
  #doubt: Doubt<T> | undefined;

  constructor(store: DocumentStore<T>, key: string, onIdle: () => void) {
    this.#store = store;
    this.#key = key;
    this.#onIdle = onIdle;
  }

  add(update: PendingUpdate<T>): void {
    this.#waiting.push(update);
    if (!this.#isServing) void this.#serve();
  }

  /** Never rejects. */
  async #serve(): Promise<void> {
    this.#isServing = true;
    // Whoever calls in the same turn comes along.
    await Promise.resolve();
    for (let batch = this.#take(); batch.length > 0; batch = this.#take()) {
      await this.#serveTogether(batch);
    }
    this.#isServing = false;
    this.#onIdle();
  }

  async #serveTogether(batch: PendingUpdate<T>[]): Promise<void> {
    const cycle = new UpdateCycle(this.#store, this.#key, batch);
    const { end, error, doubt } = await cycle.run(this.#doubt);
    this.#doubt = doubt;
    for (const update of batch) {
      if (!update.isSettled && !update.mayTry && !update.inDoubt) update.giveUp();
    }
    const left = batch.filter((update) => !update.isSettled);
    this.#waiting.unshift(...left);
    this.#alone = end === 'refused' ? left.length : Math.max(0, this.#alone - 1);
    this.#failures = end === 'again' ? this.#failures + 1 : 0;
    if (end === 'again') await this.#backOff(left, error);
  }

  /** The updates for the next cycle: the first that waits, and those right behind it that may join it. */
  #take(): PendingUpdate<T>[] {
    this.#waiting = this.#waiting.filter((update) => !update.isSettled);
    const [first] = this.#waiting;
    if (first === undefined) return [];
    const { fence, combine } = first.options;
    const limit = this.#alone > 0 ? 1 : combine;
    const end = this.#waiting.findIndex(({ options }, at) => {
      return at > 0 && (at >= Math.min(limit, options.combine) || options.fence !== fence);
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  /** Waits before `left` are tried again, or until none of them is there any more. */
  async #backOff(left: readonly PendingUpdate<T>[], error: unknown): Promise<void> {
    const [first] = left;
    if (first === undefined) return;
    const { clock, backoff, random } = first.options;
    const wait = retryAfterOf(error, clock) ?? fullJitter(backoff, this.#failures, random);
    await clock.sleep(wait, { signal: allSettled(left) }).catch(() => {});
  }
}
