/**
 * What became of a write whose reply did not come, judged by the version that is there now.
 *
 * @see prior art: an SDK that retries a PUT whose first try was done reports a conflict with itself
 * (azure-sdk-for-net issue 35632).
 * @module
 */
import type { RecentWrites, StoredDocument } from '../document-port.ts';

/** `unknown`: more writes have come since than ids are kept, or it may have been removed since. */
export type Fate = 'written' | 'not-written' | 'unknown';

/**
 * @param writeId - of the write.
 * @param base - the version that it was to replace; undefined when it was to create the document.
 * @param now - what is there after the write was answered with a conflict.
 */
export function fateOf(
  writeId: string,
  base: StoredDocument<unknown> | undefined,
  now: StoredDocument<unknown> | undefined,
): Fate {
  const writes = now?.writes;
  if (writes === undefined) return 'unknown';
  if (writes.includes(writeId)) return 'written';
  return sees(writes, base) ? 'not-written' : 'unknown';
}

/** Whether the writes that are kept reach back to the base without a gap. */
function sees(writes: RecentWrites, base: StoredDocument<unknown> | undefined): boolean {
  // Ours may have created a document that was removed before somebody else created this one.
  if (base === undefined) return false;
  if (writes.first === undefined || writes.first !== base.writes?.first) return false;
  return writes.count - base.writes.count <= writes.kept;
}
