/**
 * What the oracle says of a run and of everything in it.
 * @module
 */
import type { IterationCounts, Keep, Status } from '../../src/index.ts';

/** How something must end. Times are milliseconds since the start of the run. */
export interface Expected {
  /** The last part of its path: the name, or the index of an iteration. */
  readonly name: string;
  readonly path: string;
  readonly status: Status;
  /** The code that a Skipped record must have; undefined where any will do. */
  readonly code?: string | undefined;
  readonly start: number;
  readonly end: number;
  /** Names of the siblings whose end made it Skipped; empty when something else did. */
  readonly unmet: readonly string[];
  /** Names of the siblings that it runs after. */
  readonly runsAfter: readonly string[];
  /** Declared important: a failure of it is flagged. */
  readonly isImportant: boolean;
  /** It is one of the leaves that make its container Failed. */
  readonly isFailingLeaf: boolean;
  /** The values handed over to it. */
  readonly inputs: readonly unknown[];
  readonly outputs: unknown;
  /** What its handler finds as `item` in its context; undefined where that is not looked at. */
  readonly item?: string | undefined;
  /** How often its handler is called. */
  readonly calls: number;
  /** Its handler was still running when the grace time was over. */
  readonly unsettled: boolean;
  readonly results: readonly Expected[];
  /** Loops only: the names of the actions in their body. */
  readonly repeats?: readonly string[];
  /** Loops only: which iterations are kept. */
  readonly keep?: Keep;
  /** Those of a loop that were started. */
  readonly iterations: readonly Expected[];
  /** A child workflow: what is inside has paths of its own. */
  readonly isChild?: true;
  /** Its records are not laid down further; all of them must be Skipped. */
  readonly opaque: boolean;
}

/** How a run must end. */
export interface ExpectedRun extends Expected {
  /** Moments at which two things coincide that must not; not empty: do not compare. */
  readonly ties: readonly string[];
}

/** A result as its successors get it, as far as it is compared. */
export interface ExpectedResult {
  readonly status: Status;
  readonly outputs: unknown;
}

/** Everything inside, the record itself not included. */
export function everything({ results, iterations }: Expected): readonly Expected[] {
  return [...results, ...iterations].flatMap((inner) => [inner, ...everything(inner)]);
}

/** How many iterations ended in which status. */
export function countsOf(iterations: readonly Expected[]): IterationCounts {
  const count = (status: Status) => iterations.filter((one) => one.status === status).length;
  return {
    total: iterations.length,
    Succeeded: count('Succeeded'),
    Failed: count('Failed'),
    TimedOut: count('TimedOut'),
    Cancelled: count('Cancelled'),
    Skipped: count('Skipped'),
  };
}
