/**
 * Rounding down that does not fall for the last digit of a division.
 * @module
 */

/** Far above the error of a few operations on doubles, far below anything that a rate is known to. */
const tolerance = 1e-12;

/** The floor of a number that is not negative; what misses a whole number by a rounding error counts as it. */
export function wholePart(value: number): number {
  const nearest = Math.round(value);
  return Math.abs(value - nearest) <= nearest * tolerance ? nearest : Math.floor(value);
}
