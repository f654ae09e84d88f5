/**
 * A queue that many tenants share: whoever takes from it serves each of them by turns, however much the
 * others have queued.
 *
 * It is deficit round robin: M. Shreedhar and G. Varghese, "Efficient Fair Queueing Using Deficit Round
 * Robin" (SIGCOMM 1995). In each round a tenant earns its weight, and is served while what it has earned pays
 * for its next item; what is left counts in the next round, unless its queue is empty. The paper visits a
 * tenant in every round, and so wants a quantum as large as the largest item, lest a visit be in vain. Here a
 * tenant stands in the round in which it will be able to pay, and rounds in which nobody can are skipped.
 * So the quantum is the weight itself, whatever the items cost, and no turn is longer than it must be.
 *
 * How far shares drift: at any moment of round R a tenant has been served R turns, less what it has not spent,
 * which is less than its largest item, and less one turn while its turn in R is still to come. So either of two
 * is ahead by less than a turn and the other's largest item, and the lead can change: two turns, and an item of
 * each. It does change, because who has waited through rounds stands ahead of who has not. Where nobody waits
 * through a round the order stays, and so one turn is enough.
 *
 * Invariant: a consumer waits only while nothing is queued, and a push only while its tenant's queue is
 * full. A tenant of which nothing is queued is forgotten.
 * Read next: tenant.ts, rounds.ts.
 * @module
 */
import type { WaitOptions } from '@runafter/clock';
import { ServiceClosedError } from '@runafter/errors';
import { Line } from '../line.ts';
import { type FairQueueOptions, FairQueueRules } from './fair-queue-options.ts';
import { pushAll } from './push-all.ts';
import { Rounds } from './rounds.ts';
import { type Entry, Tenant } from './tenant.ts';

/** A tenant that has something in the queue. */
export interface TenantLoad<K> {
  readonly tenant: K;
  readonly weight: number;
  /** How many items are queued. */
  readonly queued: number;
  /** How many pushes wait for room. */
  readonly waiting: number;
}

/**
 * Items of many tenants, for one consumer or several. As it is async iterable, it can be the items of a loop,
 * or of `boundedMap`.
 *
 * - While two tenants have items queued, what of either is served, counted as cost ÷ weight, differs by less
 *   than 2 and the cost ÷ weight of the largest item of each: two rounds, and one item each. There are items
 *   with which it comes as close to that as one likes. Where no item costs more than its tenant's weight it is
 *   one round and one item each, the bound of the paper; with costs and weights of 1 they take turns.
 * - The items of a tenant come in the order of their pushes.
 * - An item is handed to one consumer. One whose wait was aborted has been handed nothing.
 *
 * What was handed over is the consumer's. So a loop that is told to stop drops what it has taken and not begun:
 * one item at most, and with `key` those that it holds back. To lose none, keep them where they came from until
 * they are done, and push again what is left.
 */
export interface FairQueue<T, K = string> extends AsyncIterable<T, undefined>, Disposable {
  /** How many items are queued; not those of pushes that wait. */
  readonly size: number;

  /**
   * Puts an item in. Waits while its tenant has `perTenant` items queued: then only this tenant waits, in the
   * order of the calls.
   *
   * @param options.signal - aborting it gives up the wait; the item is not put in then.
   * @throws {FairQueueOptionError} `FAIR_QUEUE_OPTION_INVALID`, as a rejection: `weight` or `cost` gave no
   *   number above 0.
   * @throws {ServiceClosedError} `SERVICE_CLOSED`, as a rejection: after end() or close().
   */
  push(item: T, options?: WaitOptions): Promise<void>;

  /**
   * Puts an item in if there is room at once.
   *
   * @returns false when its tenant's queue is full.
   * @throws as push(), at once.
   */
  tryPush(item: T): boolean;

  /**
   * Puts in all items of a source, which is read no faster than the queue takes them: of each tenant, no more
   * than `perTenant` are in memory. While one of its items waits, those behind it do, whosesoever they are;
   * so give each tenant a source of its own.
   *
   * @param options.signal - aborting it ends the reading, also where the source does not answer.
   * @returns how many there were.
   * @throws what the source threw, or as push(), as a rejection. What was put in before stays in.
   */
  pushAll(source: Iterable<T> | AsyncIterable<T>, options?: WaitOptions): Promise<number>;

  /**
   * Takes out the item whose turn it is; waits while there is none, in the order of the calls.
   *
   * @param options.signal - aborting it gives up the wait.
   * @returns `done` once the queue has ended and is empty.
   */
  next(options?: WaitOptions): Promise<IteratorResult<T, undefined>>;

  /**
   * Takes the items out as next() does, for `for await`. Several may do so side by side: each item comes to
   * one of them. Leaving such a loop leaves the queue as it is.
   */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined>;

  /** The tenants of which something is queued, those that have been longest at it first. */
  tenants(): TenantLoad<K>[];

  /** No more is pushed: consumers get what is there, also from pushes that wait, and then are done. */
  end(): void;

  /**
   * Ends at once: consumers are done, and pushes that wait are rejected with a {@link ServiceClosedError}.
   * Calling it again does nothing.
   *
   * @returns the items that were queued, in the order in which they would have come.
   */
  close(): T[];
}

/**
 * Makes a fair queue.
 *
 * @throws {FairQueueOptionError} `FAIR_QUEUE_OPTION_INVALID`
 * @example
 * const leads = fairQueue<Lead>({ by: (lead) => lead.tenant });
 * const imports = tenants.map((tenant) => leads.pushAll(tenant.readLeads(), { signal }));
 * void Promise.allSettled(imports).then(() => leads.end());
 * await boundedMap(leads, { concurrency: 20, signal }, (lead) => register(lead));
 */
export function fairQueue<T, K = string>(options: FairQueueOptions<T, K>): FairQueue<T, K> {
  return new DeficitRoundRobin(new FairQueueRules(options));
}

/** Somebody who waits for an item. */
interface Consumer<T> {
  readonly serve: (item: T) => void;
  readonly dismiss: () => void;
}

const done = { done: true, value: undefined } as const;

class DeficitRoundRobin<T, K> implements FairQueue<T, K> {
  readonly #rules: FairQueueRules<T, K>;
  readonly #tenants = new Map<K, Tenant<T, K>>();
  readonly #rounds = new Rounds<Tenant<T, K>>();
  readonly #consumers = new Line<Consumer<T>>();
  #size = 0;
  #hasEnded = false;

  constructor(rules: FairQueueRules<T, K>) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#size;
  }

  async push(item: T, { signal }: WaitOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const full = this.#put(item);
    if (full !== undefined) await this.#waitForRoom(full, item, signal);
  }

  tryPush(item: T): boolean {
    return this.#put(item) === undefined;
  }

  pushAll(source: Iterable<T> | AsyncIterable<T>, options: WaitOptions = {}): Promise<number> {
    return pushAll(this, source, options);
  }

  /** @returns the item's tenant if that has no room. */
  #put(item: T): Tenant<T, K> | undefined {
    if (this.#hasEnded) throw new ServiceClosedError(this.#rules.name);
    const key = this.#rules.by(item);
    const known = this.#tenants.get(key);
    if (known !== undefined && known.entries.length >= this.#rules.perTenant) return known;
    const entry = this.#entryOf(item);
    const consumer = this.#consumers.serve();
    if (consumer !== undefined) {
      consumer.serve(item);
      return undefined;
    }
    if (known !== undefined) known.entries.join(entry);
    else this.#welcome(key, entry);
    this.#size++;
    return undefined;
  }

  #entryOf(item: T): Entry<T> {
    return { item, cost: this.#rules.costOf(item) };
  }

  #welcome(key: K, first: Entry<T>): void {
    const tenant = new Tenant<T, K>(key, this.#rules.weightOf(key));
    tenant.entries.join(first);
    this.#tenants.set(key, tenant);
    this.#enterRound(tenant);
  }

  /** It earns on the way what it needs then. */
  #enterRound(tenant: Tenant<T, K>): void {
    const rounds = tenant.roundsToWait;
    tenant.earn(rounds);
    this.#rounds.enter(tenant, rounds);
  }

  #waitForRoom(full: Tenant<T, K>, item: T, signal: AbortSignal | undefined): Promise<void> {
    const entry = this.#entryOf(item);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        full.giveUp(place);
        reject(signal?.reason);
      };
      const place = full.wait({
        entry,
        admit: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
        refuse: (error) => {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      });
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  next({ signal }: WaitOptions = {}): Promise<IteratorResult<T, undefined>> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    return this.#takeOrWait(signal, (_, reject) => reject(signal?.reason));
  }

  /** @returns undefined where nothing is queued and something may still come. */
  #take(): IteratorResult<T, undefined> | undefined {
    const tenant = this.#rounds.first;
    if (tenant === undefined) return this.#hasEnded ? done : undefined;
    const before = tenant.entries.length;
    const { item } = tenant.serve() as Entry<T>;
    this.#size += tenant.entries.length - before;
    if (tenant.entries.length === 0) {
      this.#rounds.endTurn();
      this.#tenants.delete(tenant.key);
    } else if (tenant.roundsToWait > 0) {
      this.#rounds.endTurn();
      this.#enterRound(tenant);
    }
    return { done: false, value: item };
  }

  /** @param leave - settles a wait that is given up. */
  #takeOrWait(
    signal: AbortSignal | undefined,
    leave: (
      resolve: (result: IteratorResult<T, undefined>) => void,
      reject: (reason: unknown) => void,
    ) => void,
  ): Promise<IteratorResult<T, undefined>> {
    const taken = this.#take();
    if (taken !== undefined) return Promise.resolve(taken);
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.#consumers.leave(place);
        leave(resolve, reject);
      };
      const settle = (result: IteratorResult<T, undefined>): void => {
        signal?.removeEventListener('abort', abort);
        resolve(result);
      };
      const place = this.#consumers.join({
        serve: (value) => settle({ done: false, value }),
        dismiss: () => settle(done),
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    const left = new AbortController();
    const { signal } = left;
    return {
      next: () =>
        signal.aborted
          ? Promise.resolve(done)
          : this.#takeOrWait(signal, (resolve) => resolve(done)),
      return: async () => {
        left.abort();
        return done;
      },
    };
  }

  tenants(): TenantLoad<K>[] {
    const tenants = [...this.#tenants.values()];
    return tenants.map(({ key, weight, entries, waiting }) => {
      return { tenant: key, weight, queued: entries.length, waiting };
    });
  }

  end(): void {
    this.#hasEnded = true;
    for (let next = this.#consumers.serve(); next; next = this.#consumers.serve()) next.dismiss();
  }

  close(): T[] {
    this.end();
    for (const tenant of this.#tenants.values()) {
      tenant.refuse(new ServiceClosedError(this.#rules.name));
    }
    const left: T[] = [];
    for (let taken = this.#take(); taken?.done === false; taken = this.#take()) {
      left.push(taken.value);
    }
    return left;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
