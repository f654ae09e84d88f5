/**
 * Locks that are kept from one test to the next: a session, which every lock has for itself, takes Babelfish
 * most of a second. It compiles each procedure anew.
 *
 * Invariant: a lock is borrowed by one test at a time, and only by those that ask for it with the same options.
 * Read next: borrowed-lock.ts, when one is fit for the next test.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Lock } from '@runafter/lock';
import type { LockConnectOptions } from '@runafter/lock/conformance';
import { mssqlLock } from '@runafter/mssql';
import { BorrowedLock } from './borrowed-lock.ts';

interface Kept {
  readonly lock: Lock;
  /** Of whoever has borrowed it. */
  random: () => number;
}

interface Loan {
  readonly borrowed: BorrowedLock;
  readonly kept: Kept;
  /** Where it came from. */
  readonly idle: Kept[];
}

export class LockShelf {
  /** Those that nobody uses, by what they were made with. */
  readonly #idle = new Map<string, Kept[]>();
  readonly #loans: Loan[] = [];

  /**
   * A lock with a session that is open: Babelfish takes longer for that than some tests wait.
   *
   * @param url - a connection string.
   */
  async borrow(
    url: string,
    { random = Math.random, ...options }: LockConnectOptions = {},
  ): Promise<Lock> {
    const idle = this.#idleWith(url, options);
    const kept = idle.pop() ?? open(url, options);
    kept.random = random;
    const borrowed = new BorrowedLock(kept.lock);
    this.#loans.push({ borrowed, kept, idle });
    const lease = await borrowed.acquire(`session-${randomUUID()}`, { wait: '1m' });
    await lease.release();
    return borrowed;
  }

  /** Takes back all that was borrowed. Nothing is held then. */
  async takeBack(): Promise<void> {
    const loans = this.#loans.splice(0);
    await Promise.all(loans.map(({ borrowed }) => borrowed.release()));
    const settling = loans.map(async ({ borrowed, kept, idle }) => {
      if (await borrowed.settle()) idle.push(kept);
    });
    await Promise.all(settling);
  }

  /** Closes those that nobody uses. */
  async close(): Promise<void> {
    await Promise.all([...this.#idle.values()].flat().map(({ lock }) => lock.close()));
  }

  #idleWith(url: string, { tokens, ...options }: LockConnectOptions): Kept[] {
    // Where tokens come from is a test's own, and no text.
    const key = tokens === undefined ? JSON.stringify({ url, ...options }) : randomUUID();
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    return idle;
  }
}

function open(url: string, options: LockConnectOptions): Kept {
  const random = () => kept.random();
  const kept: Kept = { lock: mssqlLock(url, { ...options, random }), random: Math.random };
  return kept;
}
