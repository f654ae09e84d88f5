/**
 * The arithmetic of a comparison: medians, their ratio, and how far the ratio was spread.
 * @module
 */

/** Costs that were measured in pairs: round i of ours next to round i of theirs. */
export interface Samples {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** What the samples say. */
export interface Comparison {
  /** Median. */
  readonly ours: number;
  /** Median. */
  readonly theirs: number;
  /** Our median / theirs: smaller is better. */
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
