/**
 * What is handed from action to action to find out how long each hop takes: from the end of one handler to
 * the call of the next one's, wherever that is.
 * @module
 */

/** How many actions, or jobs, a chain has: one more than hops. */
export const chainLength = 10;

/** How a run has gone so far. */
export interface Trace {
  /** The hops, in milliseconds. */
  readonly hops: readonly number[];
  /** When the last handler ended. */
  readonly ended: number;
}

/** Milliseconds on a clock that all processes of a machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** @param called - when the handler was; @param before - undefined for the first one. */
export function traceOf(called: number, before: Trace | undefined): Trace {
  const hops = before === undefined ? [] : [...before.hops, called - before.ended];
  return { hops, ended: now() };
}
