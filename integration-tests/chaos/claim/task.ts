/**
 * What a worker is told when it starts, what it is told later, and what it says; and what there is to claim.
 *
 * Invariant: every worker claims from each pool twice at a time, once in each mode. That is more than a pool has, so
 * somebody always waits.
 * @module
 */

/** One worker's work. It travels as JSON. */
export interface ClaimTask {
  /** The URL of a module that exports a `backend`. */
  readonly backend: string;
  readonly place: object;
  /** From 0 on. */
  readonly worker: number;
  readonly seed: string;
  /** Where each process keeps its journal. */
  readonly folder: string;
}

/** What a worker is told. */
export type Order =
  /** Keep what you have leased, until you have been paused. */
  | 'keep'
  /** You have been paused, or were to be: keep nothing any more. */
  | 'go on'
  /** Finish what you are at, and end. */
  | 'end';

/** What a worker says. A bigint is text in JSON. */
export type Report =
  | { readonly kind: 'ready' }
  /** It has had something and given it back. */
  | { readonly kind: 'done' }
  /** A write to what a resource guards was accepted; or it keeps the lease of that resource. */
  | { readonly kind: 'wrote' | 'keeps'; readonly key: string; readonly token: string };

/** All pools have resources of the same names. */
export const resources = ['r0', 'r1', 'r2', 'r3', 'r4'] as const;

export function poolName(pool: number): string {
  return `pool-${pool}`;
}

/** What a resource guards. */
export function documentKey(pool: string, resource: string): string {
  return `${pool}/${resource}`;
}
