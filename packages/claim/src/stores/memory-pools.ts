/**
 * Pools in this process's memory: for tests, and for what only this process hands out.
 *
 * Every call does its work before it returns its promise: that alone makes it one atomic step. Times are counted
 * on the clock's `monotonic()`, for all who use this object have the same clock.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import { ServiceClosedError } from '@runafter/errors';
import type { Busy, Watch } from '@runafter/lock';
import { Watchers } from '@runafter/lock/leasing';
import type {
  AddRequest,
  ClaimantRequest,
  Claimed,
  ClaimRequest,
  PoolStore,
  ReleaseRequest,
  ResourceState,
  Retired,
} from '../pool-store.ts';
import * as shelves from './pool-shelf.ts';

/** Options of {@link memoryPools}. */
export interface MemoryPoolsOptions {
  /** By which claims expire. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a store of pools in memory. Whoever should share the pools uses the same object.
 *
 * @example
 * const licences = pool(memoryPools(), 'licences', ['E5-001', 'E5-002']);
 */
export function memoryPools({ clock = systemClock }: MemoryPoolsOptions = {}): PoolStore {
  return new MemoryPools(clock);
}

interface MemoryPool {
  readonly shelf: shelves.Shelf;
  /** When what is leased expires, by the resource's id. */
  readonly expiries: Map<string, number>;
  /** When the place of each is lost, in the order of their coming. */
  readonly line: Map<string, number>;
  /** Of who waits, by owner: two calls may wait for one operation. */
  readonly watchers: Watchers;
}

class MemoryPools implements PoolStore {
  readonly name = 'Pools in memory';
  readonly queues = true;
  readonly #clock: Clock;
  readonly #pools = new Map<string, MemoryPool>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async claim({ pool, owner, ttl, place }: ClaimRequest): Promise<Claimed | Busy | Retired> {
    const found = this.#open(pool);
    const { shelf, expiries, line } = found;
    if (shelf.retired.includes(owner)) return { granted: false, retired: true };
    const held = this.#heldBy(found, owner);
    const now = this.#clock.monotonic();
    if (held !== undefined) {
      shelves.renew(held, ttl);
      expiries.set(held.id, now + ttl);
      return shelves.toClaimed(held);
    }
    if (place !== undefined) line.set(owner, now + place);
    this.#dropDead(line, now);
    const [first = owner] = line.keys();
    const free = shelves.firstFree(shelf, (resource) => this.#hasExpired(found, resource));
    if (free === undefined || first !== owner) {
      return { granted: false, freeIn: first === owner ? this.#freeIn(found, now) : undefined };
    }
    shelves.handOut(free, owner, ttl, this.#clock.now());
    expiries.set(free.id, now + ttl);
    this.#leaveLine(found, owner);
    // There may be another one for who is next, or a time after which to ask.
    this.#wakeFirst(found);
    return shelves.toClaimed(free);
  }

  async renew({ pool, owner }: ClaimantRequest, ttl: number): Promise<boolean> {
    const found = this.#open(pool);
    const held = this.#heldBy(found, owner);
    if (held === undefined) return false;
    shelves.renew(held, ttl);
    found.expiries.set(held.id, this.#clock.monotonic() + ttl);
    return true;
  }

  async release({ pool, owner, forGood }: ReleaseRequest): Promise<boolean> {
    const found = this.#open(pool);
    const had = this.#heldBy(found, owner) !== undefined;
    shelves.takeBack(found.shelf, owner);
    if (forGood) shelves.retire(found.shelf, owner);
    this.#leaveLine(found, owner);
    this.#wakeFirst(found);
    return had;
  }

  async leaveLine({ pool, owner }: ClaimantRequest): Promise<void> {
    const found = this.#open(pool);
    this.#leaveLine(found, owner);
    this.#wakeFirst(found);
  }

  watch({ pool, owner }: ClaimantRequest, wake: () => void): Watch {
    return { hears: true, stop: this.#open(pool).watchers.add(owner, wake) };
  }

  async add(request: AddRequest): Promise<void> {
    const found = this.#open(request.pool);
    shelves.put(found.shelf, request);
    this.#wakeFirst(found);
  }

  async withdraw(pool: string, ids: readonly string[]): Promise<void> {
    shelves.withdraw(this.#open(pool).shelf, ids);
  }

  async inspect(pool: string): Promise<readonly ResourceState[]> {
    const { shelf, expiries } = this.#open(pool);
    const now = this.#clock.monotonic();
    return shelves.toStates(shelf, ({ id }) => (expiries.get(id) ?? now) - now);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(pool: string): MemoryPool {
    if (this.#isClosed) throw new ServiceClosedError(this.name);
    const found = this.#pools.get(pool) ?? {
      shelf: shelves.newShelf(),
      expiries: new Map(),
      line: new Map(),
      watchers: new Watchers(),
    };
    this.#pools.set(pool, found);
    return found;
  }

  #heldBy(found: MemoryPool, owner: string): shelves.Shelved | undefined {
    const held = shelves.heldBy(found.shelf, owner);
    if (held === undefined || !this.#hasExpired(found, held)) return held;
    // Else it hid what this owner is given next.
    shelves.takeBack(found.shelf, owner);
    return undefined;
  }

  #hasExpired({ expiries }: MemoryPool, { id }: shelves.Shelved): boolean {
    return (expiries.get(id) ?? 0) <= this.#clock.monotonic();
  }

  #dropDead(line: Map<string, number>, now: number): void {
    for (const [owner, until] of line) if (until <= now) line.delete(owner);
  }

  #freeIn({ shelf, expiries }: MemoryPool, now: number): number | undefined {
    return shelves.earliest(shelf, ({ id }) => (expiries.get(id) ?? now) - now);
  }

  /** Others who wait with the same owner stood there with it: they ask what has become of it. */
  #leaveLine({ line, watchers }: MemoryPool, owner: string): void {
    if (line.delete(owner)) watchers.wake(owner);
  }

  /** Nobody else can be given anything: were all woken, a thousand would ask for each resource that is freed. */
  #wakeFirst({ line, watchers }: MemoryPool): void {
    this.#dropDead(line, this.#clock.monotonic());
    const [first] = line.keys();
    if (first !== undefined) watchers.wake(first);
  }
}
