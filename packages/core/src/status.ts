/**
 * The five statuses, and sets of them as bits: the engine asks "is this status among those that
 * runAfter listed?" for every edge of every run, so a set is one number and the question one `&`.
 * @module
 */

/** How an action, a container or a run ended. */
export type Status = 'Succeeded' | 'Failed' | 'Skipped' | 'TimedOut' | 'Cancelled';

/** The statuses that a runAfter list can name. What was cancelled is never followed by anything. */
export type RunAfterStatus = Exclude<Status, 'Cancelled'>;

/** One status, or a set of them, as bits. */
export type StatusBits = number;

export const RUNNING: StatusBits = 0;
export const SUCCEEDED: StatusBits = 1;
export const FAILED: StatusBits = 2;
export const SKIPPED: StatusBits = 4;
export const TIMED_OUT: StatusBits = 8;
export const CANCELLED: StatusBits = 16;

/** Everything that runAfter can list: what `settled(x)` accepts. */
export const ANY_RUN_AFTER: StatusBits = SUCCEEDED | FAILED | SKIPPED | TIMED_OUT;

/** What counts as a failure that somebody should hear of; what was cancelled was wanted. */
export const FAILURE: StatusBits = FAILED | TIMED_OUT;

/** The statuses that make a leaf failing (the leaf rule). */
export const UNSUCCESSFUL: StatusBits = FAILED | TIMED_OUT | CANCELLED;

const bitsOf: Readonly<Record<Status, StatusBits>> = {
  Succeeded: SUCCEEDED,
  Failed: FAILED,
  Skipped: SKIPPED,
  TimedOut: TIMED_OUT,
  Cancelled: CANCELLED,
};

/** All statuses, in the order in which tables show them. */
export const statuses: readonly Status[] = Object.keys(bitsOf) as Status[];

/** The name of a single status bit; undefined while something has not ended. */
export function statusName(bits: StatusBits): Status | undefined {
  switch (bits) {
    case SUCCEEDED:
      return 'Succeeded';
    case FAILED:
      return 'Failed';
    case SKIPPED:
      return 'Skipped';
    case TIMED_OUT:
      return 'TimedOut';
    case CANCELLED:
      return 'Cancelled';
    default:
      return undefined;
  }
}

/** The bits of one status. */
export function statusBits(status: Status): StatusBits {
  return bitsOf[status];
}

/** The names in a set of statuses. */
export function statusNames(bits: StatusBits): Status[] {
  return statuses.filter((status) => (bitsOf[status] & bits) !== 0);
}
