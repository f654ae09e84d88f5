/**
 * Random numbers that a test can repeat.
 * @module
 */

/** A number from 0 (included) to 1 (excluded), as `Math.random` gives, which is the default everywhere. */
export type Random = () => number;

/**
 * A random source that gives the same numbers for the same seed, in every process.
 *
 * Good enough for jitter and for tests, never for secrets. The generator is mulberry32 with a period
 * of 2^32, seeded with the FNV-1a hash of the seed's text.
 *
 * @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32
 * @see https://datatracker.ietf.org/doc/draft-eastlake-fnv/
 * @example
 * const random = seededRandom('run 17');
 */
export function seededRandom(seed: number | string): Random {
  let state = fnv1a(String(seed));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash;
}
