/**
 * Two ports for holding work back: a Limiter bounds how much is under way at once, a Gate lets one
 * caller after the other in.
 *
 * Invariant: whoever was let in holds a Permit, and gives it back exactly once however often it is
 * released. Drivers: concurrency-limiter.ts here; others stand beside their backends.
 * @module
 */
import type { WaitOptions } from './clock.ts';

/**
 * The right to go on, until it is released. Dispose of it or call `release()`.
 *
 * @example
 * using permit = await limiter.acquire({ signal });
 */
export interface Permit extends Disposable {
  /**
   * Gives the permit back and wakes whoever is next. Calling it again does nothing. Never throws.
   *
   * @param error - what the work failed with, for limiters that learn from it, such as one that adapts to a
   *   service which says 429. Left out, as a disposal does: it is taken for a success.
   */
  release(error?: unknown): void;
}

/** Options of {@link Limiter.acquire}. */
export interface AcquireOptions extends WaitOptions {
  /** How much of the limit it takes. A whole number of at least 1. Default 1. */
  readonly weight?: number | undefined;
  /** Higher goes first; equal ones in the order of their calls. Default 0. */
  readonly priority?: number | undefined;
}

/**
 * Bounds how much is under way at once, within a process or across several.
 *
 * Every limiter promises:
 * - the weights of the permits that are held never add up to more than its limit;
 * - waiters of equal priority are let in in the order of their calls, where the backend can order them;
 *   nobody overtakes a waiter only because a smaller weight would fit;
 * - an aborted waiter leaves at once, rejects with `signal.reason`, and leaves nothing behind: those
 *   behind it move up;
 * - a permit that was granted is handed over, even when the signal is aborted right after: release it.
 */
export interface Limiter {
  /**
   * Waits for a permit.
   *
   * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`, as a rejection: a weight that is no whole
   *   number, or that is above the limit and could never be granted.
   */
  acquire(options?: AcquireOptions): Promise<Permit>;

  /**
   * A permit if there is one at once, ahead of nobody who waits; else undefined.
   *
   * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`, as a rejection, as acquire().
   */
  tryAcquire(options?: Omit<AcquireOptions, 'priority'>): Promise<Permit | undefined>;
}

/**
 * A limiter whose limit changes while it is used, with what it sees. A loop takes one as its `concurrency`: it
 * runs as many iterations as the degree says, and each attempt of their actions takes a permit.
 */
export interface AdaptiveLimiter extends Limiter {
  /** How much is let in at once now: a whole number from 1 to `max`. */
  readonly degree: number;
  /** The degree never goes beyond: a whole number. */
  readonly max: number;
  /**
   * Calls `listener` after each change of the degree.
   *
   * @returns ends it; calling it again does nothing.
   */
  onDegree(listener: (degree: number) => void): () => void;
}

/**
 * Lets callers in one after the other, as fast as what is behind it can take: a run gate with a
 * waiting room, a request budget.
 *
 * Every gate promises:
 * - `enter` resolves when it is the caller's turn, and never are more in than the gate allows;
 * - who waits is let in in the order of coming, where the backend can order them, and `tryEnter` is ahead of
 *   nobody who waits;
 * - an aborted caller leaves the line at once and rejects with `signal.reason`: those behind it move up;
 * - a gate whose waiting room is full says so by rejecting, at once, with an error that has a code; or it has
 *   an outside, where callers wait in the same order.
 */
export interface Gate {
  /** Waits for the caller's turn. Release the permit when the work behind the gate is done. */
  enter(options?: WaitOptions): Promise<Permit>;

  /** Goes in if it can be done at once; else undefined, without waiting and without a rejection. */
  tryEnter(options?: WaitOptions): Promise<Permit | undefined>;
}
