/**
 * From a source into a queue, item by item, as fast as the queue takes them.
 * @module
 */
import { untilAborted, type WaitOptions } from '@runafter/clock';

/** What takes the items. */
interface Taker<T> {
  tryPush(item: T): boolean;
  push(item: T, options?: WaitOptions): Promise<void>;
}

type Source<T> = Iterable<T> | AsyncIterable<T>;

/** @returns how many there were. A source that is not read to its end is told so. */
export async function pushAll<T>(
  taker: Taker<T>,
  source: Source<T>,
  { signal }: WaitOptions,
): Promise<number> {
  signal?.throwIfAborted();
  const isAsync = Symbol.asyncIterator in source;
  const items = isAsync ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  try {
    for (let pushed = 0; ; pushed++) {
      const next = items.next();
      // What there is already is not waited for.
      const { done, value } = isAsync
        ? await untilAborted(signal, Promise.resolve(next))
        : (next as IteratorResult<T, unknown>);
      if (done === true) return pushed;
      signal?.throwIfAborted();
      if (!taker.tryPush(value)) await taker.push(value, { signal });
    }
  } catch (error) {
    void close(items);
    throw error;
  }
}

/** Not waited for: a source that hangs would not answer. */
async function close(items: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await items.return?.();
  } catch {
    // The error that ended the reading says more.
  }
}
