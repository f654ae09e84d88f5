/**
 * How many shards a counter has, and has had: the shards can grow while others add.
 *
 * Invariant: before anybody adds to a new generation of shards, every shard of the older ones is closed.
 * So what the older ones know of operation ids does not change any more, and can be looked up safely.
 * Who still works with an older generation meets a closed shard and comes back here.
 * @module
 */
import type { Clock } from '@runafter/clock';
import {
  type CallOptions,
  type DocumentStore,
  type UpdateOptions,
  update,
} from '@runafter/optimistic';
import { emptyShard, type ShardDocument } from './shard-document.ts';

/** The first document of a sharded counter. */
export interface HeadDocument {
  /** Oldest first; the last one takes additions. */
  readonly generations: readonly Generation[];
}

/** So many shards, from one growth to the next. */
export interface Generation {
  readonly shards: number;
  /** When all its shards had been closed, in milliseconds since 1970; undefined until then. */
  readonly closedAt?: number | undefined;
}

/** What a store for a sharded counter holds. */
export type CounterDocument = HeadDocument | ShardDocument;

/** Of so many counters a process remembers the generations. */
const maxRemembered = 10_000;

export class ShardGenerations {
  readonly #store: DocumentStore<CounterDocument>;
  readonly #shards: number;
  readonly #update: UpdateOptions & { readonly clock: Clock };
  readonly #remembered = new Map<string, readonly Generation[]>();

  /** @param updates - bounds and clock of the updates that are made here. */
  constructor(
    store: DocumentStore<CounterDocument>,
    shards: number,
    updates: UpdateOptions & { readonly clock: Clock },
  ) {
    this.#store = store;
    this.#shards = shards;
    this.#update = updates;
  }

  /** The generations of a counter, all but the last one closed. */
  async of(name: string, options: CallOptions): Promise<readonly Generation[]> {
    const known = this.#remembered.get(name);
    if (known !== undefined) return known;
    let { generations } = await this.#head(name, options);
    // Not only once: while the shards are closed, somebody else may add a generation.
    while (generations.slice(0, -1).some(({ closedAt }) => closedAt === undefined)) {
      generations = await this.#closeOlder(name, generations, options);
    }
    this.#remember(name, generations);
    return generations;
  }

  /** The generations as they are now, for those who only look: nothing is created, grown or closed. */
  async now(name: string, options: CallOptions): Promise<readonly Generation[]> {
    const head = await this.#store.read(headKey(name), options);
    return (head?.value as HeadDocument | undefined)?.generations ?? [];
  }

  /** Looks again at the next call: somebody else has grown the counter. */
  forget(name: string): void {
    this.#remembered.delete(name);
  }

  /** The head, which has at least as many shards as this process wants. */
  async #head(name: string, { signal }: CallOptions): Promise<HeadDocument> {
    const grow = (head: CounterDocument | undefined): HeadDocument | undefined => {
      const { generations } = (head as HeadDocument | undefined) ?? { generations: [] };
      if ((generations.at(-1)?.shards ?? 0) >= this.#shards) return undefined;
      return { generations: [...generations, { shards: this.#shards }] };
    };
    // Which change is made is seen from the document itself, so making it twice does no harm.
    const options = { ...this.#update, signal, idempotent: true };
    const { value } = await update(this.#store, headKey(name), grow, options);
    return value as HeadDocument;
  }

  async #closeOlder(
    name: string,
    generations: readonly Generation[],
    { signal }: CallOptions,
  ): Promise<readonly Generation[]> {
    const options = { ...this.#update, signal, idempotent: true };
    const older = shardKeys(name, generations.slice(0, -1));
    await Promise.all(older.map((key) => update(this.#store, key, close, options)));
    const closedAt = this.#update.clock.now();
    const { value } = await update(
      this.#store,
      headKey(name),
      (head) => markClosed(head as HeadDocument, generations.length - 1, closedAt),
      options,
    );
    return (value as HeadDocument).generations;
  }

  #remember(name: string, generations: readonly Generation[]): void {
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size >= maxRemembered && oldest !== undefined) this.forget(oldest);
    this.#remembered.set(name, generations);
  }
}

function close(shard: CounterDocument | undefined): ShardDocument | undefined {
  const { closed, ...rest } = (shard as ShardDocument | undefined) ?? emptyShard;
  return closed ? undefined : { ...rest, closed: true };
}

function markClosed(head: HeadDocument, count: number, closedAt: number): HeadDocument {
  const generations = head.generations.map((generation, at) =>
    at < count ? { closedAt, ...generation } : generation,
  );
  return { generations };
}

// No two counters share a key: each key ends in "/head" or "/generation-shard", and what stands before
// that is the counter's name.
function headKey(name: string): string {
  return `${name}/head`;
}

export function shardKey(name: string, generation: number, shard: number): string {
  return `${name}/${generation}-${shard}`;
}

/** The keys of all shards of the generations. */
export function shardKeys(name: string, generations: readonly Generation[]): string[] {
  return generations.flatMap(({ shards }, generation) =>
    Array.from({ length: shards }, (_, shard) => shardKey(name, generation, shard)),
  );
}
