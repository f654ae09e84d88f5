/**
 * Where the items of a loop come from: an array, an iterable, an async iterable. Items are pulled one
 * at a time, and only when the loop has room for them.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import { isThenable } from '../../definition/rules/show-value.ts';

/** Stands for "there are no more items". */
export const DONE: unique symbol = Symbol('done');

export interface ItemSource {
  /** How many items there are, where that is known. */
  readonly total: number | undefined;
  /** The next item, or DONE; a promise of it when `isAsync`. */
  next(): unknown;
  readonly isAsync: boolean;
  /** Which item `next` gave last, where the source knows better than by counting. */
  readonly index?: number;
  /**
   * The items whose iterations may have begun in another process and have not ended:
   * for a loop that is told to stop and takes no more.
   */
  begun?(): Promise<readonly BegunItem[]>;
  /** Lets the source release what it holds, when not all items were pulled. Never throws. */
  close(): void;
}

export interface BegunItem {
  readonly index: number;
  readonly item: unknown;
}

/** `ITEMS_NOT_ITERABLE`: a loop was given something that has no items. */
export class ItemsError extends RunafterError {
  readonly path: string;

  constructor(path: string, items: unknown) {
    const what = items === null ? 'null' : typeof items;
    super(
      'ITEMS_NOT_ITERABLE',
      `The items of "${path}" are of type ${what}. Give it an array, another iterable or an async iterable; ` +
        'a string is not taken for its characters.',
    );
    this.path = path;
  }
}

/** Whether the items must be awaited first. A query that can be iterated as it is need not be. */
export function isPromiseOfItems(items: unknown): items is PromiseLike<unknown> {
  return isThenable(items) && !(Symbol.asyncIterator in items || Symbol.iterator in items);
}

/**
 * Opens a source.
 *
 * @throws {ItemsError} `ITEMS_NOT_ITERABLE`
 */
export function openItems(items: unknown, path: string): ItemSource {
  if (Array.isArray(items)) return new ArraySource(items);
  if (typeof items === 'object' && items !== null) {
    if (Symbol.asyncIterator in items) {
      return new AsyncSource((items as AsyncIterable<unknown>)[Symbol.asyncIterator]());
    }
    if (Symbol.iterator in items) {
      return new IteratorSource((items as Iterable<unknown>)[Symbol.iterator]());
    }
  }
  throw new ItemsError(path, items);
}

class ArraySource implements ItemSource {
  readonly isAsync = false;
  readonly total: number;
  readonly #items: readonly unknown[];
  #next = 0;

  constructor(items: readonly unknown[]) {
    this.#items = items;
    this.total = items.length;
  }

  next(): unknown {
    return this.#next < this.total ? this.#items[this.#next++] : DONE;
  }

  close(): void {
    this.#next = this.total;
  }
}

class IteratorSource implements ItemSource {
  readonly isAsync = false;
  readonly total = undefined;
  readonly #iterator: Iterator<unknown>;

  constructor(iterator: Iterator<unknown>) {
    this.#iterator = iterator;
  }

  next(): unknown {
    const { done, value } = this.#iterator.next();
    return done === true ? DONE : value;
  }

  close(): void {
    try {
      this.#iterator.return?.();
    } catch {
      // The loop is ending already; how the source takes it changes nothing.
    }
  }
}

class AsyncSource implements ItemSource {
  readonly isAsync = true;
  readonly total = undefined;
  readonly #iterator: AsyncIterator<unknown>;

  constructor(iterator: AsyncIterator<unknown>) {
    this.#iterator = iterator;
  }

  async next(): Promise<unknown> {
    const { done, value } = await this.#iterator.next();
    return done === true ? DONE : value;
  }

  close(): void {
    // A generator that waits for something answers return() only after that; nobody waits for it here.
    (async () => this.#iterator.return?.())().catch(() => undefined);
  }
}
