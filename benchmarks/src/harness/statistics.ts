/**
 * The arithmetic of a comparison: medians or quantiles, their ratio, and how far the ratio was spread.
 * @module
 */

/** Costs that were measured in pairs: round i of ours next to round i of theirs. */
export interface Samples {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** Waits that were measured in rounds by turns, each with all waits of that round. */
export interface Waits {
  readonly ours: readonly (readonly number[])[];
  readonly theirs: readonly (readonly number[])[];
}

/** What the samples say. */
export interface Comparison {
  /** Median, or the quantile that was asked for. */
  readonly ours: number;
  readonly theirs: number;
  /** Ours / theirs: smaller is better. */
  readonly ratio: number;
  /** The smallest and the largest ratio of a single pair: how noisy the machine was. */
  readonly spread: { readonly min: number; readonly max: number };
}

/**
 * The middle value; of an even number of values, the mean of the two in the middle.
 *
 * @throws {RangeError} no values.
 */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (upper === undefined || lower === undefined)
    throw new RangeError('There is no median of nothing.');
  return (lower + upper) / 2;
}

/**
 * The smallest value that so many of all do not exceed, by the nearest rank.
 *
 * @param share - above 0 and at most 1: 0.99 of 200 values is the third largest.
 * @throws {RangeError} no values.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const found = sorted[Math.ceil(share * sorted.length) - 1];
  if (found === undefined) throw new RangeError('There is no quantile of nothing.');
  return found;
}

/**
 * Compares a quantile of the waits of all rounds. A single round may be too short for it, so the spread, which
 * is over the rounds, is wide for those near 1.
 *
 * @throws {RangeError} as {@link compare}.
 */
export function compareWaits({ ours, theirs }: Waits, share: number): Comparison {
  const inRounds = (rounds: Waits['ours']) => rounds.map((waits) => quantile(waits, share));
  const { spread } = compare({ ours: inRounds(ours), theirs: inRounds(theirs) });
  const all = { ours: quantile(ours.flat(), share), theirs: quantile(theirs.flat(), share) };
  return { ...all, ratio: all.ours / all.theirs, spread };
}

/**
 * Compares costs that were measured in pairs.
 *
 * @throws {RangeError} no samples, not as many on both sides, or a cost that is not above 0: then
 *   something was not measured at all, and a ratio of it would be a lie.
 */
export function compare({ ours, theirs }: Samples): Comparison {
  if (ours.length !== theirs.length) {
    throw new RangeError(`Not pairs: ${ours.length} samples of ours, ${theirs.length} of theirs.`);
  }
  for (const cost of [...ours, ...theirs]) {
    if (!(cost > 0 && cost < Infinity))
      throw new RangeError(`${cost} is no cost that was measured.`);
  }
  const ratios = ours.map((cost, round) => cost / (theirs[round] ?? Number.NaN));
  return {
    ours: median(ours),
    theirs: median(theirs),
    ratio: median(ours) / median(theirs),
    spread: { min: Math.min(...ratios), max: Math.max(...ratios) },
  };
}
