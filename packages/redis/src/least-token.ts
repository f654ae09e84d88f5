/**
 * The least that the next token may be, by a client's clock: where the server has lost the last token, the next one
 * is greater all the same, as far as clocks agree.
 *
 * Invariant: it is a whole number, whatever the clock tells; a token that is none would be kept for ever.
 * @module
 */

/** @param now - milliseconds since 1970, also fractions of them, or no time at all. */
export function leastToken(now: number): number {
  const whole = Math.floor(now);
  return Number.isSafeInteger(whole) ? whole : 0;
}
