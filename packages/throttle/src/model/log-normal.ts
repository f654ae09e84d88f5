/**
 * Times as networks have them: most are near the mean, some are much longer, none is negative.
 * @module
 */
import type { Random } from '@runafter/clock';

/**
 * A time drawn at random, log-normal around its mean. Two numbers are drawn for each, so that the sequence depends
 * on nothing else.
 *
 * @param mean - of many of them, in the unit of the result.
 * @param sigma - of the logarithm: 0 is always the mean, 0.3 has two thirds within ± 30 %.
 */
export function logNormal(mean: number, sigma: number, random: Random): number {
  // Box–Muller. exp(sigma z) has the mean exp(sigma² / 2); dividing it out keeps the mean what was asked for.
  const z = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return mean * Math.exp(sigma * z - sigma ** 2 / 2);
}
