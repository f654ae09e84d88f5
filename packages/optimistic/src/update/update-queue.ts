/**
 * The updates of one key that wait in this process: served in the order of their arrival, many by one
 * cycle of read, change and write.
 *
 * Invariant: one cycle at a time, and each takes up its updates before it reads. So an update never works
 * on a value that is older than its call, and two updates of this process never conflict.
 * Read next: update-cycle.ts, one such cycle.
 * @module
 */
import type { DocumentStore } from '../document-port.ts';
import type { PendingUpdate } from './pending-update.ts';
import { waitTogether } from './retry-wait.ts';
import type { Doubt } from './settling.ts';
import { isConflict, UpdateCycle } from './update-cycle.ts';

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
    const { end, error, doubt } = await withinFirst(batch, () => cycle.run(this.#doubt));
    this.#doubt = doubt;
    // After a conflict it is read once more, for it may have been a conflict with itself.
    if (doubt === undefined) {
      for (const update of batch) if (!update.mayTry) update.giveUp();
    }
    const left = batch.filter((update) => !update.isSettled);
    if (left.length > 0) this.#waiting = left.concat(this.#waiting);
    this.#alone = end === 'refused' ? left.length : Math.max(0, this.#alone - 1);
    this.#failures = end === 'again' ? this.#failures + 1 : 0;
    if (end !== 'again') return;
    const wait = waitTogether(left, this.#failures, error);
    // A creation may be in doubt without a conflict, for its reply was lost.
    if (isConflict(error)) for (const update of left) update.tellOfWait('conflict', wait);
    await wait;
  }

  /** The updates for the next cycle: the first that waits, and those right behind it that may join it. */
  #take(): PendingUpdate<T>[] {
    const batch: PendingUpdate<T>[] = [];
    let taken = 0;
    for (const update of this.#waiting) {
      if (!update.isSettled) {
        if (!this.#mayJoin(batch, update)) break;
        batch.push(update);
      }
      taken++;
    }
    this.#waiting.splice(0, taken);
    return batch;
  }

  #mayJoin(batch: readonly PendingUpdate<T>[], { options }: PendingUpdate<T>): boolean {
    const [first] = batch;
    if (first === undefined) return true;
    if (this.#alone > 0 || first.options.writeId !== undefined || options.writeId !== undefined) {
      return false;
    }
    const limit = Math.min(first.options.combine, options.combine);
    return batch.length < limit && options.fence === first.options.fence;
  }
}

/** What they share is read and written for the first of them. */
function withinFirst<T, R>([first]: readonly PendingUpdate<T>[], call: () => R): R {
  return first === undefined ? call() : first.within(call);
}
