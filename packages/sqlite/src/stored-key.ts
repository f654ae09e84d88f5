/**
 * Keys and names as SQLite keeps them: the bytes of their UTF-8.
 *
 * Bytes are compared as they are, so case, trailing spaces and U+0000 count, and the keys with a prefix
 * are one range of the index. A shell shows them with `CAST(key AS TEXT)`.
 * @module
 */

export function toStoredKey(key: string): Uint8Array {
  return Buffer.from(key);
}

export function fromStoredKey(stored: unknown): string {
  return Buffer.from(stored as Uint8Array).toString();
}

/** A range of keys: `from` is the first, `to` is behind the last. */
export interface KeyRange {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** All keys that begin with a prefix. No byte of UTF-8 is as large as 0xff. */
export function rangeOf(prefix: string): KeyRange {
  const from = toStoredKey(prefix);
  const head = from.subarray(0, -1);
  const last = from.at(-1) ?? 0xfe;
  return { from, to: Uint8Array.of(...head, last + 1) };
}

/** What is left of a range after a key. */
export function restAfter(stored: unknown, { to }: KeyRange): KeyRange {
  return { from: Uint8Array.of(...(stored as Uint8Array), 0), to };
}
