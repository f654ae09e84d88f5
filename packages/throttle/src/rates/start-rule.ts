/**
 * A rule about when calls may start: a rate of some model, or a distance between calls.
 * @module
 */

/**
 * Every rule promises: what `freeAt` names is exact, neither too early nor later than needed, and it stays true
 * as long as nothing else starts. So of several rules the latest moment is the earliest that all allow.
 *
 * Times are those of a clock's `monotonic()`, which never go back.
 */
export interface StartRule {
  /** The moment from which on a call may start; `now` or earlier: at once. */
  freeAt(weight: number, now: number): number;
  /** Counts a call that starts now. Only when {@link StartRule.freeAt} allows it. */
  start(weight: number, now: number): void;
}
