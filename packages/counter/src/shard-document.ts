/**
 * What a document of a sharded counter holds: a number, and the operation ids that it has counted.
 *
 * Invariant: the number and the ids are one value, so they are written in one step. An id is kept as 16
 * characters of its hash (96 bits), in slices by time, so that a slice is dropped as a whole.
 * @module
 */
import { createHash } from 'node:crypto';

/** One shard. */
export interface ShardDocument {
  /** The shard's part of the value, in decimal. */
  readonly n: string;
  /** Hashes of operation ids, joined without a separator to pages, by when their slice of time expires. */
  readonly ids?: Readonly<Record<string, readonly string[]>> | undefined;
  /** It takes no more additions: a later generation of shards has taken over. */
  readonly closed?: true | undefined;
}

export const emptyShard: ShardDocument = Object.freeze({ n: '0' });

const hashLength = 16;
/** A slice is dropped when its youngest id is old enough, so ids are kept up to a sixteenth longer. */
const slices = 16;

/** Adding an id makes one page anew, so a page is short: 256 ids. */
const pageLength = 256 * hashLength;

/** A document holds at most so many ids: about 800 kB. */
export const maxIds = 50_000;

/** An id as it is kept. */
export function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, hashLength);
}

/** Which of so many shards a key belongs to. */
export function shardOf(key: string, shards: number): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % shards;
}

export function holdsId({ ids = {} }: ShardDocument, hash: string): boolean {
  return Object.values(ids).some((pages) => pages.some((page) => holdsHash(page, hash)));
}

function holdsHash(page: string, hash: string): boolean {
  let at = page.indexOf(hash);
  while (at >= 0 && at % hashLength !== 0) at = page.indexOf(hash, at + 1);
  return at >= 0;
}

export function countIds({ ids = {} }: ShardDocument): number {
  return Object.values(ids)
    .flat()
    .reduce((sum, page) => sum + page.length / hashLength, 0);
}

/**
 * The shard without the slices that have expired. A slice says so itself: processes may differ in how long
 * they keep ids, such as while that is being changed.
 */
export function withoutExpired(shard: ShardDocument, now: number): ShardDocument {
  if (shard.ids === undefined) return shard;
  const alive = Object.entries(shard.ids).filter(([expiry]) => Number(expiry) > now);
  return { ...shard, ids: Object.fromEntries(alive) };
}

/** The shard with one more id. */
export function withId(
  shard: ShardDocument,
  hash: string,
  { now, keptFor }: { readonly now: number; readonly keptFor: number },
): ShardDocument {
  const length = sliceLength(keptFor);
  const expiry = String(now - (now % length) + length + keptFor);
  const { ids = {} } = shard;
  const pages = ids[expiry] ?? [];
  const last = pages.at(-1) ?? '';
  const added = last.length < pageLength ? [...pages.slice(0, -1), last + hash] : [...pages, hash];
  return { ...shard, ids: { ...ids, [expiry]: added } };
}

function sliceLength(keptFor: number): number {
  return Math.max(1, Math.ceil(keptFor / slices));
}
