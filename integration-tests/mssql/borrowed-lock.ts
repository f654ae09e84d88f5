/**
 * A lock that a test borrows: it does everything with the lock behind it, and remembers what that has granted.
 *
 * Invariant: what is given back is as a new one, or else it is closed: nothing is held by it, nothing waits,
 * and nothing of an earlier call is still under way.
 * @module
 */
import { hasCode } from '@runafter/errors';
import type {
  AcquireOptions,
  Lease,
  LeaseGroup,
  LeasesOf,
  Lock,
  TryAcquireOptions,
} from '@runafter/lock';

export class BorrowedLock implements Lock {
  readonly name: string;
  readonly #lock: Lock;
  readonly #granted: (Lease | LeaseGroup)[] = [];
  /** What was asked for in vain: something of it may be taken back in the background still. */
  readonly #refused = new Set<string>();
  #underWay = 0;
  #isClosed = false;

  constructor(lock: Lock) {
    this.name = lock.name;
    this.#lock = lock;
  }

  acquire(name: string, options?: AcquireOptions): Promise<Lease> {
    return this.#watch([name], this.#lock.acquire(name, options));
  }

  tryAcquire(name: string, options?: TryAcquireOptions): Promise<Lease | undefined> {
    return this.#watch([name], this.#lock.tryAcquire(name, options));
  }

  acquireAll<const Names extends readonly string[]>(
    names: Names,
    options?: AcquireOptions,
  ): Promise<LeaseGroup<LeasesOf<Names>>> {
    return this.#watch(names, this.#lock.acquireAll(names, options));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#lock.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Releases all that it holds. One that somebody waits for, or that has lost a lease, is closed. */
  async release(): Promise<void> {
    await Promise.all(this.#granted.map((held) => held.release()));
    if (this.#underWay > 0 || this.#granted.some(isLost)) await this.close();
  }

  /**
   * To be called when all of its place are released. Resolves when nothing of its calls is under way.
   *
   * @returns whether it can be used again.
   */
  async settle(): Promise<boolean> {
    try {
      for (const name of this.#refused) {
        if (this.#isClosed) break;
        await (await this.#lock.acquire(name, { wait: '10s' })).release();
      }
    } catch {
      await this.close();
    }
    return !this.#isClosed;
  }

  async #watch<Granted extends Lease | LeaseGroup | undefined>(
    names: readonly string[],
    call: Promise<Granted>,
  ): Promise<Granted> {
    this.#underWay++;
    try {
      const granted = await call;
      if (granted !== undefined) this.#granted.push(granted);
      return granted;
    } catch (error) {
      // For what is no name nobody was asked.
      if (!hasCode(error, 'LOCK_NAME_INVALID')) for (const name of names) this.#refused.add(name);
      throw error;
    } finally {
      this.#underWay--;
    }
  }
}

function isLost({ signal }: Lease | LeaseGroup): boolean {
  return !hasCode(signal.reason, 'LEASE_RELEASED');
}
