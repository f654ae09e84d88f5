/**
 * A bounded map without a workflow around it: for when all that is needed is "at most so many at once".
 *
 * Invariant: a call starts only while fewer than `concurrency` run, and as one settles the next starts
 * in the same turn; so it does as the degree of an adaptive limiter rises. After a failure nothing new
 * starts, and the map rejects only when what runs has settled.
 * @module
 */
import type { AdaptiveLimiter } from '@runafter/clock';
import { RunafterError, toFault } from '@runafter/errors';
import {
  acceptedConcurrency,
  type Concurrency,
  concurrencyOf,
  degreeOf,
} from './definition/concurrency.ts';
import type { Items } from './definition/flow.ts';
import { isThenable, showValue } from './definition/rules/show-value.ts';
import { DONE, type ItemSource, isPromiseOfItems, openItems } from './engine/kinds/item-source.ts';

export interface BoundedMapOptions {
  /**
   * How many calls at once: a whole number of at least 1, or Infinity. Default 1.
   *
   * Or a limiter that finds it out by itself: then as many as its `degree` says at the moment. Each call
   * takes a permit of it, and gives it back with what the call failed with.
   */
  readonly concurrency?: number | AdaptiveLimiter;
  /** Aborting it starts no further call; the map then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** `BOUNDED_MAP_INVALID`: an argument of boundedMap makes no sense. */
export class BoundedMapError extends RunafterError {
  readonly argument: string;
  readonly value: unknown;

  constructor(argument: string, value: unknown, problem: string) {
    super('BOUNDED_MAP_INVALID', `boundedMap(): ${argument} ${problem}`);
    this.argument = argument;
    this.value = value;
  }
}

/**
 * Calls `fn` for every item, at most `concurrency` at once.
 *
 * @param items - an array, another iterable, or an async iterable, which is pulled only when there is
 *   room; or a promise of one.
 * @returns the results in the order of the items.
 * @throws what `fn` or the source threw first, as it is, once the calls that run have settled.
 * @throws {BoundedMapError} `BOUNDED_MAP_INVALID`, as a rejection.
 * @throws {ItemsError} `ITEMS_NOT_ITERABLE`, as a rejection.
 * @example
 * const pages = await boundedMap(urls, { concurrency: 5 }, (url) => fetch(url));
 */
export async function boundedMap<Item, R>(
  items: Items<Item>,
  options: BoundedMapOptions,
  fn: (item: Item, index: number) => R,
): Promise<Awaited<R>[]> {
  const { concurrency: given = 1, signal } = options;
  const concurrency = concurrencyOf(given);
  if (concurrency === undefined) {
    const problem = `is ${showValue(given)}. Pass ${acceptedConcurrency}.`;
    throw new BoundedMapError('concurrency', given, problem);
  }
  if (typeof fn !== 'function') {
    throw new BoundedMapError('fn', fn, `is ${typeof fn}. Pass a function that takes an item.`);
  }
  signal?.throwIfAborted();
  const source = openItems(isPromiseOfItems(items) ? await items : items, 'boundedMap');
  const map = new BoundedMap(source, concurrency, fn as Call, signal);
  const onAbort = (): void => map.stop(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return (await map.run()) as Awaited<R>[];
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

type Call = (item: unknown, index: number) => unknown;

class BoundedMap {
  readonly #source: ItemSource;
  readonly #concurrency: Concurrency;
  readonly #fn: Call;
  readonly #signal: AbortSignal | undefined;
  readonly #results: unknown[] = [];
  #running = 0;
  #pulled = 0;
  #exhausted = false;
  #filling = false;
  #pulling = false;
  /** Ends the waits for permits. */
  readonly #stopped = new AbortController();
  #unfollow: (() => void) | undefined;
  #failure: { readonly thrown: unknown } | undefined;
  #resolve!: (results: unknown[]) => void;
  #reject!: (thrown: unknown) => void;

  constructor(
    source: ItemSource,
    concurrency: Concurrency,
    fn: Call,
    signal: AbortSignal | undefined,
  ) {
    const { adaptive } = concurrency;
    this.#source = source;
    this.#concurrency = concurrency;
    this.#fn = adaptive === undefined ? fn : this.#withPermit(adaptive, fn);
    this.#signal = signal;
  }

  run(): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#unfollow = this.#concurrency.adaptive?.onDegree(() => this.#fill());
      this.#fill();
    });
  }

  /** Starts nothing more, and rejects once nothing runs. The first reason counts. */
  stop(thrown: unknown): void {
    if (!this.#exhausted) this.#source.close();
    this.#failure ??= { thrown };
    this.#exhausted = true;
    this.#stopped.abort();
    this.#endWhenDone();
  }

  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    const concurrency = this.#concurrency;
    while (!this.#exhausted && !this.#pulling && this.#running < degreeOf(concurrency)) {
      this.#pull();
    }
    this.#filling = false;
    this.#endWhenDone();
  }

  #pull(): void {
    let item: unknown;
    try {
      item = this.#source.next();
    } catch (thrown) {
      this.#sourceFailed(thrown);
      return;
    }
    if (this.#source.isAsync) this.#pullLater(item as Promise<unknown>);
    else if (item === DONE) this.#exhausted = true;
    else this.#call(item);
  }

  #pullLater(item: Promise<unknown>): void {
    this.#pulling = true;
    item.then(
      (pulled) => {
        this.#pulling = false;
        if (pulled === DONE) this.#exhausted = true;
        else if (!this.#exhausted) this.#call(pulled);
        this.#fill();
      },
      (thrown: unknown) => this.#sourceFailed(thrown),
    );
  }

  #sourceFailed(thrown: unknown): void {
    this.#exhausted = true;
    this.stop(thrown);
  }

  #call(item: unknown): void {
    const index = this.#pulled++;
    this.#running++;
    let returned: unknown;
    try {
      returned = this.#fn(item, index);
    } catch (thrown) {
      this.#failed(thrown);
      return;
    }
    if (!isThenable(returned)) this.#succeeded(index, returned);
    else {
      returned.then(
        (result) => this.#succeeded(index, result),
        (thrown: unknown) => this.#failed(thrown),
      );
    }
  }

  #withPermit(limiter: AdaptiveLimiter, fn: Call): Call {
    return async (item, index) => {
      const { signal } = this.#stopped;
      const permit = await limiter.acquire({ signal });
      try {
        signal.throwIfAborted();
        const result = await fn(item, index);
        permit.release();
        return result;
      } catch (thrown) {
        // How a call ended that was told to stop says nothing of the service.
        permit.release(this.#signal?.aborted ? this.#signal.reason : (thrown ?? toFault(thrown)));
        throw thrown;
      }
    };
  }

  #succeeded(index: number, result: unknown): void {
    this.#results[index] = result;
    this.#running--;
    this.#fill();
  }

  #failed(thrown: unknown): void {
    this.#running--;
    this.stop(thrown);
  }

  #endWhenDone(): void {
    if (this.#filling || !this.#exhausted || this.#running > 0) return;
    this.#unfollow?.();
    if (this.#failure === undefined) this.#resolve(this.#results);
    else this.#reject(this.#failure.thrown);
  }
}
