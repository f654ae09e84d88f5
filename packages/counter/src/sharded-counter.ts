/**
 * A counter on any store of documents: its value is spread over several documents, so that those who add
 * at the same time seldom meet.
 *
 * Invariant: an operation id belongs to one shard, and is kept there in the same write as what it added.
 * Read next: shard-document.ts, what a shard holds; shard-generations.ts, how their number grows.
 * @module
 */
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import { ServiceClosedError, ServiceRefusedError } from '@runafter/errors';
import {
  type CallOptions,
  type DocumentStore,
  type UpdateOptions,
  update,
} from '@runafter/optimistic';
import {
  CounterIdsFullError,
  CounterOptionError,
  CounterOverflowError,
  CounterResetIncompleteError,
  CounterResetUnsupportedError,
} from './counter-errors.ts';
import type { AddOptions, Counter, ResetOptions } from './counter-port.ts';
import { assertName, isInRange, toWhole } from './counter-rules.ts';
import {
  countIds,
  emptyShard,
  hashOf,
  holdsId,
  maxIds,
  type ShardDocument,
  shardOf,
  withId,
  withoutExpired,
} from './shard-document.ts';
import {
  type CounterDocument,
  type Generation,
  ShardGenerations,
  shardKey,
  shardKeys,
} from './shard-generations.ts';

/** Options of {@link shardedCounter}. */
export interface ShardedCounterOptions {
  /**
   * Over how many documents each counter is spread; 1 to 1,000. More let more processes add at once, and
   * make reading cost more: one read each. May be raised at any time, also while others still run with
   * fewer; a counter never has fewer again. Default 5.
   */
  readonly shards?: number | undefined;
  /**
   * How long operation ids are kept at least, so for how long `once` holds. They are kept inside the
   * documents, 16 bytes each, up to 50,000 a shard. Default '1h'.
   */
  readonly keepIds?: Duration | undefined;
  /** Bounds of the updates of each document. */
  readonly update?:
    | Pick<UpdateOptions, 'maxAttempts' | 'timeout' | 'backoff' | 'combine' | 'random'>
    | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** Options of {@link ShardedCounter.add}. */
export interface ShardedAddOptions extends AddOptions {
  /** Picks the shard, such as the id of an order; the same key always adds to the same one. Default: any. */
  readonly key?: string | undefined;
}

/** A counter that is spread over several documents. */
export interface ShardedCounter extends Counter {
  /**
   * @param options.key - picks the shard; with `once`, the operation id does.
   * @throws {CounterIdsFullError} `COUNTER_IDS_FULL`: a shard keeps too many operation ids.
   */
  add(name: string, amount: bigint | number, options?: ShardedAddOptions): Promise<void>;
}

/**
 * Counters on a store of documents: blob, REST resources, or any other.
 *
 * `read` is the sum of the shards, each read on its own: exact once writers are quiet, and never a value
 * that misses what was acknowledged before the call. `reset` takes each shard's value exactly once.
 *
 * @throws {CounterOptionError} `COUNTER_OPTION_INVALID`; {DurationError} `DURATION_INVALID`
 * @example
 * const counter = shardedCounter(blobDocumentStore(container), { shards: 5 });
 * await counter.add('orders', 1, { once: idempotencyKey });
 * await counter.read('orders');
 */
export function shardedCounter(
  store: DocumentStore<CounterDocument>,
  options: ShardedCounterOptions = {},
): ShardedCounter {
  return new DocumentCounter(store, options);
}

type Answer = 'added' | 'repeated' | 'closed' | 'overflow' | 'full';

class DocumentCounter implements ShardedCounter {
  readonly name: string;
  readonly #store: DocumentStore<CounterDocument>;
  readonly #generations: ShardGenerations;
  readonly #keptFor: number;
  readonly #update: ShardedCounterOptions['update'];
  readonly #clock: Clock;
  #isClosed = false;

  constructor(store: DocumentStore<CounterDocument>, options: ShardedCounterOptions) {
    const { shards = 5, clock = systemClock } = options;
    this.name = `Sharded counters in ${store.name}`;
    if (!Number.isInteger(shards) || shards < 1 || shards > 1_000) {
      const fix = `is ${String(shards)}. Pass a whole number from 1 to 1,000.`;
      throw new CounterOptionError(this.name, 'shards', fix);
    }
    this.#store = store;
    this.#keptFor = parseDuration(options.keepIds ?? '1h', 'keepIds');
    this.#update = options.update;
    this.#clock = clock;
    this.#generations = new ShardGenerations(store, shards, { ...options.update, clock });
  }

  async add(name: string, amount: bigint | number, options: ShardedAddOptions = {}): Promise<void> {
    this.#check(name, options);
    const whole = toWhole(this.name, 'amount', amount);
    if (options.once !== undefined) assertName(this.name, 'once', options.once);
    for (let closed = 0; ; ) {
      const generations = await this.#generations.of(name, options);
      if (generations.length <= closed) throw this.#headIsLost(name);
      if (await this.#wasCounted(name, generations.slice(0, -1), options)) return;
      const answer = await this.#addToShard(name, generations, whole, options);
      if (answer !== 'closed') return;
      closed = generations.length;
      this.#generations.forget(name);
    }
  }

  async read(name: string, options: CallOptions = {}): Promise<bigint> {
    this.#check(name, options);
    const keys = shardKeys(name, await this.#generations.now(name, options));
    const parts = await Promise.all(keys.map((key) => this.#store.read(key, options)));
    const sum = parts.reduce((total, part) => total + partOf(part?.value), 0n);
    if (!isInRange(sum)) throw new CounterOverflowError(this.name, name, sum);
    return sum;
  }

  /**
   * @throws {CounterResetUnsupportedError} `COUNTER_RESET_UNSUPPORTED`: with `expected`, or `to` other than 0.
   * @param options.signal - is looked at until the first shard is reset, so that nothing taken is lost.
   * @throws {CounterResetIncompleteError} `COUNTER_RESET_INCOMPLETE`: some shards could not be reset; `taken`
   *   is what the others held.
   */
  async reset(name: string, options: ResetOptions = {}): Promise<bigint> {
    this.#check(name, options);
    const { expected, to = 0 } = options;
    if (expected !== undefined) throw new CounterResetUnsupportedError(this.name, name, 'expected');
    if (toWhole(this.name, 'to', to) !== 0n) {
      throw new CounterResetUnsupportedError(this.name, name, 'to');
    }
    const keys = shardKeys(name, await this.#generations.now(name, options));
    options.signal?.throwIfAborted();
    // Not to be aborted from here on: what was taken from one shard must not be lost because of another.
    const ends = await Promise.allSettled(keys.map((key) => this.#takeAll(key)));
    const taken = ends.reduce(
      (sum, end) => sum + (end.status === 'fulfilled' ? end.value : 0n),
      0n,
    );
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) {
      throw new CounterResetIncompleteError(this.name, name, taken, { cause: failed.reason });
    }
    return taken;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Whether an older generation has counted the operation. Its shards are closed, so this stays true. */
  async #wasCounted(
    name: string,
    older: readonly Generation[],
    { once, signal }: AddOptions,
  ): Promise<boolean> {
    if (once === undefined) return false;
    const now = this.#clock.now();
    const hash = hashOf(once);
    const known = await Promise.all(
      older.map(async ({ shards, closedAt = now }, generation) => {
        // A slice of ids lives up to a sixteenth longer than each of its ids has to.
        if (closedAt + 2 * this.#keptFor < now) return false;
        const key = shardKey(name, generation, shardOf(once, shards));
        // An update that changes nothing: it reads with the patience that additions have.
        const { value: shard } = await update(this.#store, key, leave, this.#options(signal));
        return shard !== undefined && holdsId(withoutExpired(shard as ShardDocument, now), hash);
      }),
    );
    return known.includes(true);
  }

  async #addToShard(
    name: string,
    generations: readonly Generation[],
    amount: bigint,
    { once, key = once, signal }: ShardedAddOptions,
  ): Promise<Answer> {
    const shards = generations.at(-1)?.shards ?? 1;
    const shard = key === undefined ? this.#anyShard(shards) : shardOf(once ?? key, shards);
    const hash = once === undefined ? undefined : hashOf(once);
    let answer = 'added' as Answer;
    let seen = emptyShard;
    const addTo = (current: CounterDocument | undefined): ShardDocument | undefined => {
      const time = { now: this.#clock.now(), keptFor: this.#keptFor };
      seen = withoutExpired((current as ShardDocument | undefined) ?? emptyShard, time.now);
      answer = answerOf(seen, amount, hash);
      if (answer !== 'added') return undefined;
      const next = { ...seen, n: String(BigInt(seen.n) + amount) };
      return hash === undefined ? next : withId(next, hash, time);
    };
    // With an id, the shard itself tells whether the addition was made: making it again does no harm.
    const options = { ...this.#options(signal), idempotent: hash !== undefined };
    await update(this.#store, shardKey(name, generations.length - 1, shard), addTo, options);
    if (answer === 'overflow') {
      throw new CounterOverflowError(this.name, name, BigInt(seen.n), amount);
    }
    if (answer === 'full') throw new CounterIdsFullError(this.name, name, countIds(seen));
    return answer;
  }

  /** Sets a shard to 0; what it was. */
  async #takeAll(key: string): Promise<bigint> {
    let taken = 0n;
    const take = (current: CounterDocument | undefined): ShardDocument | undefined => {
      taken = partOf(current);
      return taken === 0n ? undefined : { ...(current as ShardDocument), n: '0' };
    };
    await update(this.#store, key, take, this.#options(undefined));
    return taken;
  }

  #headIsLost(name: string): ServiceRefusedError {
    return new ServiceRefusedError(
      this.name,
      `The shards of counter "${name}" are closed, and its document "${name}/head" knows of no newer ones: it ` +
        'was removed or is an old copy. Restore it, or remove all documents of the counter.',
    );
  }

  #options(signal: AbortSignal | undefined): UpdateOptions {
    return { ...this.#update, clock: this.#clock, signal, pure: true };
  }

  #anyShard(shards: number): number {
    const random = this.#update?.random ?? Math.random;
    return Math.floor(random() * shards);
  }

  #check(name: string, { signal }: CallOptions): void {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new ServiceClosedError(this.name);
    assertName(this.name, 'name', name);
  }
}

function leave(): undefined {}

/** What becomes of an addition to a shard. */
function answerOf(shard: ShardDocument, amount: bigint, hash: string | undefined): Answer {
  if (shard.closed) return 'closed';
  if (hash !== undefined && holdsId(shard, hash)) return 'repeated';
  if (!isInRange(BigInt(shard.n) + amount)) return 'overflow';
  if (hash !== undefined && countIds(shard) >= maxIds) return 'full';
  return 'added';
}

function partOf(shard: CounterDocument | undefined): bigint {
  return shard === undefined ? 0n : BigInt((shard as ShardDocument).n);
}
