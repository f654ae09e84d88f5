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

/** What a worker is told: finish what you are at, and end. */
export type Order = 'end';

/** What a worker says: it has begun; or it has had something and given it back. */
export type Report = 'ready' | 'done';

/** All pools have resources of the same names. */
export const resources = ['r0', 'r1', 'r2', 'r3'] as const;

export function poolName(pool: number): string {
  return `pool-${pool}`;
}

/** What a resource guards. */
export function documentKey(pool: string, resource: string): string {
  return `${pool}/${resource}`;
}
