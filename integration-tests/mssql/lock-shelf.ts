/**
 * Locks that are kept from one test to the next: a session, which every lock has for itself, takes Babelfish
 * most of a second. It compiles each procedure anew.
 *
 * Invariant: a lock is borrowed by one test at a time, and only by those that ask for it with the same options.
 * Read next: borrowed-lock.ts, when one is fit for the next test.
 * @module
 */
import type { Lock } from '@runafter/lock';
import type { LockConnectOptions } from '@runafter/lock/conformance';
import { BorrowedLock } from './borrowed-lock.ts';

/** What can be borrowed: where tokens come from is a test's own. */
type ShelfOptions = Omit<LockConnectOptions, 'tokens'>;

interface Kept {
  readonly lock: Lock;
  /** Of whoever has borrowed it. */
  random: () => number;
}

export class LockShelf {
  readonly #open: (options: ShelfOptions) => Lock;
  /** Those that nobody uses, by their options. */
  readonly #idle = new Map<string, Kept[]>();
  readonly #borrowed = new Map<BorrowedLock, { readonly kept: Kept; readonly idle: Kept[] }>();

  constructor(open: (options: ShelfOptions) => Lock) {
    this.#open = open;
  }

  /** @throws {LockOptionError} `LOCK_OPTION_INVALID`, as the lock that it would open. */
  borrow({ random = Math.random, ...options }: ShelfOptions = {}): BorrowedLock {
    const idle = this.#idleWith(options);
    const kept = idle.pop() ?? this.#new(options);
    kept.random = random;
    const borrowed = new BorrowedLock(kept.lock);
    this.#borrowed.set(borrowed, { kept, idle });
    return borrowed;
  }

  /** Takes back all that was borrowed. */
  async takeBack(): Promise<void> {
    const borrowed = [...this.#borrowed];
    this.#borrowed.clear();
    await Promise.all(borrowed.map(([lock]) => lock.release()));
    const settling = borrowed.map(async ([lock, { kept, idle }]) => {
      if (await lock.settle()) idle.push(kept);
    });
    await Promise.all(settling);
  }

  /** Closes those that nobody uses. */
  async close(): Promise<void> {
    await Promise.all([...this.#idle.values()].flat().map(({ lock }) => lock.close()));
  }

  #idleWith(options: ShelfOptions): Kept[] {
    const key = JSON.stringify(options);
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    return idle;
  }

  #new(options: ShelfOptions): Kept {
    const random = () => kept.random();
    const kept: Kept = { lock: this.#open({ ...options, random }), random: Math.random };
    return kept;
  }
}
