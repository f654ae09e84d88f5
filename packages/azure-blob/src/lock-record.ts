/**
 * What a lock's blob keeps, in its metadata: the last token, and the owner who has it.
 *
 * Metadata travels as HTTP headers. So the owner is written with the escapes of a URL, and compared so.
 * @module
 */

/** The metadata of a lock's blob. */
export interface LockRecord {
  readonly token: bigint;
  /** As {@link ownerOf} gives it; undefined when nobody has ever had a token. */
  readonly owner: string | undefined;
}

/** The owner of a lease, as a record has it. */
export function ownerOf(owner: string): string {
  return encodeURI(owner);
}

/** Metadata to write. */
export function metadataOfLock({ token, owner }: LockRecord): Record<string, string> {
  return { token: `${token}`, ...(owner !== undefined && { owner }) };
}

/** @returns undefined when what stands there as a token is none. */
export function readLockMetadata(
  metadata: Readonly<Record<string, string>> = {},
): LockRecord | undefined {
  const { token = '0', owner } = metadata;
  return /^\d+$/.test(token) ? { token: BigInt(token), owner } : undefined;
}
