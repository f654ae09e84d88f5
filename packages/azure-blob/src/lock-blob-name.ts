/**
 * The blob of a lock.
 *
 * It ends in `.lock`, where documents end in `.json`: so locks and documents can share a container without
 * meeting, in listings neither. Slashes of a lock's name are escaped like the rest, and make no folders.
 *
 * Invariant: different names have different blobs. An escape is `~` and hexadecimal digits, and the `~s` of
 * a hash is none.
 * @module
 */
import { hash } from 'node:crypto';
import { longestBlobName, namePrefixOf } from './blob-name.ts';

const suffix = '.lock';

/** How long the prefix may be, as a part of blobs' names: a hash has to find its place behind it. */
export const longestLockPrefix = 900;

/**
 * @param prefix - as `namePrefixOf` gives it, at most {@link longestLockPrefix} characters.
 * @param name - of any length; what would not fit becomes a hash.
 */
export function lockBlobName(prefix: string, name: string): string {
  const blobName = prefix + namePrefixOf(name).replaceAll('/', '~2f') + suffix;
  if (blobName.length <= longestBlobName) return blobName;
  return `${prefix}~sha256-${hash('sha256', name)}${suffix}`;
}
