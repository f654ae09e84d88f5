/**
 * Pools in documents, one document per pool, on any backend that keeps documents: blobs and REST resources too.
 *
 * Every step is one update() of the document, so claims that wait in one process share a request. A claim expires
 * without a clock that all machines would have to share: see stillness.ts.
 * @module
 */
import { type Clock, type Duration, systemClock, type WaitOptions } from '@runafter/clock';
import { hasCode, ServiceUnavailableError } from '@runafter/errors';
import type { Busy, Watch } from '@runafter/lock';
import { Watchers } from '@runafter/lock/leasing';
import { type DocumentStore, type Updated, update } from '@runafter/optimistic';
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
import { Stillness } from '../stillness.ts';
import * as shelves from './pool-shelf.ts';

/** What the document of a pool holds. */
export type PoolDocument = shelves.Shelf;

/** Options of {@link documentPools}. */
export interface DocumentPoolsOptions {
  /** By which claims expire. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Makes a store of pools of a document store. A pool is the document with the pool's name as its key, and is read
 * and written as a whole: good for hundreds of resources, and for some claims a second.
 *
 * A lease whose holder has died is handed out again by who has watched it for its ttl: claim with a `wait` that is
 * longer than that.
 *
 * @param documents - stays open when the pools are closed.
 * @example
 * const licences = pool(documentPools(blobDocumentStore(container)), 'licences', ['E5-001', 'E5-002']);
 */
export function documentPools(
  documents: DocumentStore<PoolDocument>,
  { clock = systemClock }: DocumentPoolsOptions = {},
): PoolStore {
  return new DocumentPools(documents, clock);
}

/** Less than who asks once waits for an answer: he is told why there is none. */
const timeout: Duration = '8s';

class DocumentPools implements PoolStore {
  readonly name: string;
  readonly queues = false;
  readonly #documents: DocumentStore<PoolDocument>;
  readonly #clock: Clock;
  readonly #stillness: Stillness;
  readonly #watchers = new Watchers();

  constructor(documents: DocumentStore<PoolDocument>, clock: Clock) {
    this.name = `Pools in ${documents.name}`;
    this.#documents = documents;
    this.#clock = clock;
    this.#stillness = new Stillness(clock);
  }

  async claim(
    { pool, owner, ttl }: ClaimRequest,
    options: WaitOptions,
  ): Promise<Claimed | Busy | Retired> {
    let reply: Claimed | Busy | Retired = { granted: false };
    const claim = (shelf: shelves.Shelf) => {
      if (shelf.retired.includes(owner)) {
        reply = { granted: false, retired: true };
        return false;
      }
      const held = shelves.heldBy(shelf, owner);
      if (held !== undefined) {
        reply = shelves.toClaimed(held);
        if (held.ttl === undefined) return false;
        shelves.renew(held, ttl);
        return true;
      }
      const free = shelves.firstFree(shelf, (resource) => this.#expiresIn(pool, resource) <= 0);
      if (free === undefined) {
        const freeIn = shelves.earliest(shelf, (resource) => this.#expiresIn(pool, resource));
        reply = { granted: false, freeIn };
        return false;
      }
      shelves.handOut(free, owner, ttl, this.#clock.now());
      reply = shelves.toClaimed(free);
      return true;
    };
    const written = await this.#change(pool, options, claim);
    // Its reply was lost, and others have written since: one of them may have released this very owner.
    if (written.attempts > 1 && written.etag === undefined) {
      await this.#change(pool, options, claim);
    }
    return reply;
  }

  async renew(
    { pool, owner }: ClaimantRequest,
    ttl: number,
    options: WaitOptions,
  ): Promise<boolean> {
    let renewed = false;
    await this.#change(pool, options, (shelf) => {
      const held = shelves.heldBy(shelf, owner);
      renewed = held !== undefined;
      if (held !== undefined) shelves.renew(held, ttl);
      return renewed;
    });
    return renewed;
  }

  async release({ pool, owner, forGood }: ReleaseRequest, options: WaitOptions): Promise<boolean> {
    let had = false;
    await this.#change(pool, options, (shelf) => {
      const isKnown = shelf.retired.includes(owner);
      const took = shelves.takeBack(shelf, owner);
      // Also when it was taken back by a try whose reply was lost.
      had ||= took;
      if (forGood) shelves.retire(shelf, owner);
      return took || (forGood && !isKnown);
    });
    if (had) this.#watchers.wake(pool);
    return had;
  }

  /** Releases of other processes are not told. */
  watch({ pool }: ClaimantRequest, wake: () => void): Watch {
    return { hears: false, stop: this.#watchers.add(pool, wake) };
  }

  async add(request: AddRequest, options: WaitOptions): Promise<void> {
    await this.#change(request.pool, options, (shelf) => shelves.put(shelf, request));
    this.#watchers.wake(request.pool);
  }

  async withdraw(pool: string, ids: readonly string[], options: WaitOptions): Promise<void> {
    await this.#change(pool, options, (shelf) => shelves.withdraw(shelf, ids));
  }

  async inspect(pool: string, options: WaitOptions): Promise<readonly ResourceState[]> {
    const document = await this.#documents.read(pool, options);
    const shelf = document?.value ?? shelves.newShelf();
    return shelves.toStates(shelf, (resource) => this.#expiresIn(pool, resource));
  }

  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** @param change - changes the shelf, which is this try's own, and says whether it did. */
  async #change(
    pool: string,
    { signal }: WaitOptions,
    change: (shelf: shelves.Shelf) => boolean,
  ): Promise<Updated<PoolDocument | undefined>> {
    const next = (current: PoolDocument | undefined) => {
      // A copy of the shelf costs far less than the one of its text that update() would make.
      const shelf = current === undefined ? shelves.newShelf() : shelves.copyOf(current);
      return change(shelf) ? shelf : undefined;
    };
    try {
      // All that is done here may be done twice: each step finds what it has done itself.
      const options = { clock: this.#clock, timeout, idempotent: true, pure: true, signal };
      return await update(this.#documents, pool, next, options);
    } catch (error) {
      throw asService(this.name, error);
    }
  }

  #expiresIn(pool: string, { id, owner, ttl, mark = '' }: shelves.Shelved): number {
    if (owner === undefined || ttl === undefined) return Number.POSITIVE_INFINITY;
    return this.#stillness.endsIn(`${pool}\n${id}`, mark, ttl);
  }
}

/** That too many write at once passes, as a service does that is not there. */
function asService(service: string, error: unknown): unknown {
  if (hasCode(error, 'OUTCOME_UNKNOWN')) {
    return new ServiceUnavailableError(service, 'unknown', { cause: error });
  }
  const isBusy = hasCode(error, 'UPDATE_CONTENDED') || hasCode(error, 'UPDATE_TIMED_OUT');
  return isBusy ? new ServiceUnavailableError(service, 'not-done', { cause: error }) : error;
}
