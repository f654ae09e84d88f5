/**
 * What a lock's blob keeps, in its metadata: the last token, and the owner who has it.
 *
 * Metadata travels as HTTP headers. So the owner is written with the escapes of a URL, and compared so.
 * @module
 */

/** The metadata of a lock's blob. */
export interface LockRecord {
  readonly token: bigint;
  /** As {@link ownerOf} gives it; undefined after a person has written a token alone. */
  readonly owner: string | undefined;
}

/** The owner of a lease, as a record has it. */
export function ownerOf(owner: string): string {
  return encodeURI(owner);
}

/** The owner whom a record names, as it was given; undefined for what {@link ownerOf} never gives. */
export function holderOf({ owner }: LockRecord): string | undefined {
  try {
    return owner && decodeURI(owner);
  } catch {
    return undefined;
  }
}

/** Metadata to write. */
export function metadataOfLock({ token, owner }: LockRecord): Record<string, string> {
  return { token: `${token}`, ...(owner !== undefined && { owner }) };
}

/**
 * @returns undefined when there is no token, or it is no number: the blob of a lock has one from its first moment
 *   on, so something else has written the metadata, and where to count on from is not known.
 */
export function readLockMetadata(
  metadata: Readonly<Record<string, string>> = {},
): LockRecord | undefined {
  const { token = '', owner } = metadata;
  return /^\d+$/.test(token) ? { token: BigInt(token), owner } : undefined;
}
