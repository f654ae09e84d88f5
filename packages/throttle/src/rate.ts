/**
 * A rate: how many calls a service takes in a time, and how it counts them.
 * @module
 */
import type { Duration } from '@runafter/clock';

/**
 * How calls are counted against a rate.
 *
 * - `sliding-window`: so many in any time of this length, wherever it begins. Keeps to every other kind as well,
 *   so it is right where a service does not say how it counts.
 * - `fixed-window`: so many between two moments at which the count begins anew, as a reservoir that is refilled.
 * - `token-bucket`: a bucket of `burst` tokens, into which `calls` tokens drip evenly during each `per`.
 */
export type RateModel = 'sliding-window' | 'fixed-window' | 'token-bucket';

/** So many calls in a time. */
export interface Rate {
  /** A whole number of at least 1. */
  readonly calls: number;
  readonly per: Duration;
  /** Default 'sliding-window'. */
  readonly model?: RateModel | undefined;
  /** Of a token bucket: how many tokens it holds, and so how many calls can come at once. Default: `calls`. */
  readonly burst?: number | undefined;
}
