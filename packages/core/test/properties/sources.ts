/**
 * Item sources that count how often they are asked, and notice when they are closed.
 * @module
 */
import type { Scheduler } from 'fast-check';

export type SourceKind = 'array' | 'iterable' | 'async iterable';

export class CountingSource<Item> {
  /** How many items were taken out; asking after the last one does not count. */
  pulls = 0;
  /** How often `return()` was called. */
  closed = 0;
  /** How many calls of `next()` of a slow stream are under way, and the most there ever were. */
  asking = 0;
  mostAsking = 0;
  readonly #items: readonly Item[];
  readonly #failsAfter: number;

  /** @param failsAfter - how many items it gives before it throws; never, unless said otherwise. */
  constructor(items: readonly Item[], failsAfter: number = Number.POSITIVE_INFINITY) {
    this.#items = items;
    this.#failsAfter = failsAfter;
  }

  /** The items, in the form that is wanted; an array is not counted. */
  as(kind: SourceKind): Iterable<Item> | AsyncIterable<Item> {
    if (kind === 'array') return this.#items;
    return kind === 'iterable' ? this.#iterable() : this.#asyncIterable();
  }

  #iterable(): Iterable<Item> {
    return {
      [Symbol.iterator]: () => ({ next: () => this.#next(), return: () => this.#return() }),
    };
  }

  /** A stream that takes its time for every item, also for saying that there are no more. */
  slowly(scheduler: Scheduler): AsyncIterable<Item> {
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          this.asking++;
          this.mostAsking = Math.max(this.mostAsking, this.asking);
          await scheduler.schedule(Promise.resolve(), 'next item');
          this.asking--;
          return this.#next();
        },
        return: async () => this.#return(),
      }),
    };
  }

  #asyncIterable(): AsyncIterable<Item> {
    return {
      [Symbol.asyncIterator]: () => ({
        next: async () => this.#next(),
        return: async () => this.#return(),
      }),
    };
  }

  #next(): IteratorResult<Item> {
    if (this.pulls === this.#failsAfter) throw new Error('The source fails, as planned.');
    if (this.pulls === this.#items.length) return { done: true, value: undefined };
    return { done: false, value: this.#items[this.pulls++] as Item };
  }

  #return(): IteratorResult<Item> {
    this.closed++;
    return { done: true, value: undefined };
  }
}
