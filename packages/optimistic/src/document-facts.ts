/**
 * What is kept beside a document's value: the fence that it was last written with, and the ids of its
 * last writes.
 *
 * Invariant: facts are written in the same atomic step as the value, and made from the facts of the very
 * version that the step replaces. Nothing else makes fences and lost replies safe.
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { RecentWrites } from './document-port.ts';
import type { StoredFence } from './fence.ts';

/** How many of the last writes are known by their ids. */
const kept = 32;

/** What is kept beside a value. */
export interface Facts {
  readonly fence: StoredFence | undefined;
  /** Undefined for what something else has written, and for tombstones. */
  readonly first: string | undefined;
  readonly count: number;
  /** The ids of the last writes, oldest first. */
  readonly last: readonly string[];
}

/** The facts of a document that was written without any, by something else. */
export const noFacts: Facts = Object.freeze({
  fence: undefined,
  first: undefined,
  count: 0,
  last: [],
});

/** An id for one write: 96 random bits. */
export function newWriteId(): string {
  return randomBytes(12).toString('base64url');
}

/** Facts after one more write. */
export function afterWrite(before: Facts, writeId: string, fence: StoredFence | undefined): Facts {
  return {
    fence,
    first: before.count === 0 ? writeId : before.first,
    count: before.count + 1,
    last: [...before.last, writeId].slice(-kept),
  };
}

/** Facts of what was removed: only the fence outlives it. */
export function afterRemoval(fence: StoredFence): Facts {
  return { ...noFacts, fence };
}

/** As one line of printable ASCII. */
export function formatFacts({ fence, first, count, last }: Facts): string {
  const line = JSON.stringify({
    ...(fence && { token: String(fence.token), owner: fence.owner }),
    ...(count > 0 && { first, count, last: last.join() }),
  });
  return line.replace(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** @throws an error that says what is wrong with the line. */
export function parseFacts(line: string | undefined): Facts {
  if (line === undefined) return noFacts;
  const { token, owner, first, count = 0, last = '' } = JSON.parse(line);
  const fence = token === undefined ? undefined : { token: BigInt(token), owner };
  return { fence, first, count, last: last === '' ? [] : last.split(',') };
}

/** The facts as whoever reads the document sees them. */
export function recentWrites({ first, count, last }: Facts): RecentWrites {
  return {
    first,
    latest: last.at(-1),
    count,
    kept,
    includes: (writeId) => writeId === first || last.includes(writeId),
  };
}
