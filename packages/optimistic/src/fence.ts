/**
 * Fences: a number that only grows, so that a store can tell the holder of a lock from one who was
 * paused, lost it, and woke up.
 *
 * Invariant: once a write with a token was accepted, no write with a smaller one is, nor one with the
 * same token of another owner, nor one without any.
 *
 * @see https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
 * @module
 */
import { FenceInvalidError } from './fence-errors.ts';

/** Whoever holds a lock; a Lease is one. A plain object will do. */
export interface Fence {
  /** Grows with every grant of the lock; at least 0, and of 100 digits at most. */
  readonly token: bigint;
  /** 1 to 200 characters. */
  readonly owner: string;
  /**
   * Called before each write; throws when the holder can know that it holds the lock no more.
   *
   * @throws whatever the lock's own error is.
   */
  assertHeld(): void;
}

/** The fence that a document was last written with. */
export interface StoredFence {
  readonly token: bigint;
  readonly owner: string;
}

/** Whether a document with this fence takes a write with that one. */
export function admits(stored: StoredFence | undefined, fence: StoredFence | undefined): boolean {
  if (stored === undefined) return true;
  if (fence === undefined) return false;
  return (
    stored.token < fence.token || (stored.token === fence.token && stored.owner === fence.owner)
  );
}

/** @throws {FenceInvalidError} `FENCE_INVALID` */
export function assertFence(store: string, key: string, fence: Fence): void {
  const problem = problemOf(fence);
  if (problem !== undefined) throw new FenceInvalidError(store, key, problem);
}

/** Far beyond what any lock counts to; what is stored beside a value must be short. */
const greatestToken = 10n ** 100n - 1n;

function problemOf(fence: Fence | null): string | undefined {
  if (typeof fence !== 'object' || fence === null) return `it is ${String(fence)}`;
  const { token, owner } = fence;
  if (typeof token !== 'bigint' || token < 0n || token > greatestToken) {
    return `its token is ${String(token)}`;
  }
  if (typeof owner !== 'string' || owner === '' || owner.length > 200) {
    return `its owner is ${JSON.stringify(owner)}`;
  }
  return typeof fence.assertHeld === 'function' ? undefined : 'it has no assertHeld()';
}
