/**
 * Why a store refuses a write because of its fence. Nothing was written.
 * @module
 */

import { DocumentError } from './document-errors.ts';
import type { StoredFence } from './fence.ts';

/** The base of all refusals because of a fence. */
export abstract class FenceError extends DocumentError {}

/** `FENCE_STALE`: somebody with a newer fence has written, so this holder has lost the lock. */
export class FenceStaleError extends FenceError {
  /** What the document was last written with. */
  readonly stored: StoredFence;
  /** What this write came with. */
  readonly given: StoredFence;

  constructor(store: string, key: string, stored: StoredFence, given: StoredFence) {
    super(
      'FENCE_STALE',
      store,
      key,
      `Document "${key}" in ${store} was written with ${formatFence(stored)}, and this write came with ` +
        `${formatFence(given)}: the lock was lost. Nothing was written. Stop, and begin ` +
        'again under a new lease.',
    );
    this.stored = stored;
    this.given = given;
  }
}

/** `FENCE_REQUIRED`: the document is guarded by a lock, and this write came without one. */
export class FenceRequiredError extends FenceError {
  readonly stored: StoredFence;

  constructor(store: string, key: string, stored: StoredFence) {
    super(
      'FENCE_REQUIRED',
      store,
      key,
      `Document "${key}" in ${store} is guarded: it was written with ${formatFence(stored)}. Nothing was ` +
        'written. Acquire the lock, and pass its lease as `fence`.',
    );
    this.stored = stored;
  }
}

/** `FENCE_UNSUPPORTED`: the backend cannot keep fences, so it cannot guard anything. */
export class FenceUnsupportedError extends FenceError {
  constructor(store: string, key: string) {
    super(
      'FENCE_UNSUPPORTED',
      store,
      key,
      `${store} cannot keep fences, so a write of document "${key}" cannot be guarded. Nothing was ` +
        'written. Keep what the lock guards in another store, or rely on the ETag alone.',
    );
  }
}

/** `FENCE_INVALID`: what was passed as a fence is none. */
export class FenceInvalidError extends FenceError {
  /** @param problem - as a clause: `its token is 3, not a bigint`. */
  constructor(store: string, key: string, problem: string) {
    super(
      'FENCE_INVALID',
      store,
      key,
      `The fence for document "${key}" in ${store} is none: ${problem}. Pass a lease, or an object with ` +
        '`token` (a bigint of at least 0, of 100 digits at most), `owner` (1 to 200 characters) and `assertHeld()`.',
    );
  }
}

/** For messages: `token 7 of host-1`. */
function formatFence(fence: StoredFence): string {
  return `token ${fence.token} of ${fence.owner}`;
}
