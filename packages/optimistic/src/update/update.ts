/**
 * update(): read, change, write, and the whole of it again when somebody else was faster.
 *
 * Read next: update-queue.ts, how callers of this process share a cycle; update-cycle.ts.
 * @module
 */
import type { DocumentStore } from '../document-port.ts';
import { type Change, PendingUpdate, type Updated } from './pending-update.ts';
import { UpdateOptionError } from './update-errors.ts';
import { parseUpdateOptions, type UpdateOptions } from './update-options.ts';
import { UpdateQueue } from './update-queue.ts';

/** The queues of the keys that are being updated. A key without a waiting update has none. */
const queues = new WeakMap<object, Map<string, UpdateQueue<unknown>>>();

/**
 * Changes a document without losing anybody's write.
 *
 * Reads the document, calls `change` with its value, and writes what that returns on the condition that
 * the document is still the one that was read. When it is not, the whole cycle begins anew after a wait
 * with full jitter, until a bound is reached. A write whose reply was lost is recognised by its id, so it
 * is not made twice.
 *
 * Updates of one key that wait in this process share a cycle: each is applied in turn, in the order of
 * the calls, to the newest value. So 100 of them cost a few round trips. One that throws fails alone.
 *
 * @param change - gets the value, or undefined when there is no document, and returns the next value, or
 *   undefined to leave it. It may be called several times, so it should do nothing else. It may change
 *   the object that it was given and return it. While it waits for something, other updates of the same
 *   key wait, too.
 * @returns what was written, its version, and what it took.
 * @throws what `change` throws, as it is.
 * @throws {UpdateContendedError} `UPDATE_CONTENDED`: a bound was reached; nothing was written.
 * @throws {UpdateTimedOutError} `UPDATE_TIMED_OUT`: the time-out has passed though nobody else had written.
 * @throws {OutcomeUnknownError} `OUTCOME_UNKNOWN`: the reply was lost, and it cannot be found out whether
 *   the write was done. Not with `idempotent: true`, as long as the service comes back in time.
 * @throws {UpdateOptionError} `UPDATE_OPTION_INVALID`
 * @throws all that the store's read and write throw, such as `FENCE_STALE` and `DOCUMENT_INVALID`.
 * @example
 * const { value } = await update(orders, 'order-17', (order) => order && { ...order, status: 'Complete' });
 */
export function update<T>(
  store: DocumentStore<T>,
  key: string,
  change: (current: T | undefined) => NoInfer<T> | PromiseLike<NoInfer<T>>,
  options?: UpdateOptions,
): Promise<Updated<T>>;
export function update<T>(
  store: DocumentStore<T>,
  key: string,
  change: (current: T | undefined) => NoInfer<T> | undefined | PromiseLike<NoInfer<T> | undefined>,
  options?: UpdateOptions,
): Promise<Updated<T | undefined>>;
export async function update<T>(
  store: DocumentStore<T>,
  key: string,
  change: Change<T>,
  options: UpdateOptions = {},
): Promise<Updated<T | undefined>> {
  const parsed = parseUpdateOptions(options);
  if (typeof change !== 'function') {
    throw new UpdateOptionError(
      'change',
      `is ${typeof change}. Pass a function of the current value.`,
    );
  }
  parsed.signal?.throwIfAborted();
  const pending = new PendingUpdate(store.name, key, change, parsed);
  queueOf(store, key).add(pending);
  return await pending.result;
}

function queueOf<T>(store: DocumentStore<T>, key: string): UpdateQueue<T> {
  const ofStore = queues.get(store) ?? new Map<string, UpdateQueue<unknown>>();
  queues.set(store, ofStore);
  const known = ofStore.get(key) as UpdateQueue<T> | undefined;
  if (known !== undefined) return known;
  const queue = new UpdateQueue(store, key, () => ofStore.delete(key));
  ofStore.set(key, queue as unknown as UpdateQueue<unknown>);
  return queue;
}
