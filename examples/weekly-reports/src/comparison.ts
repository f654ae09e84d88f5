/**
 * What each of the two programs made of the same reports, measured in the systems themselves.
 * @module
 */
import type { Report } from './report.ts';
import type { Statuses } from './weekly-office.ts';

/** What can be lost. */
export interface Score {
  /** Rows in the collected result. */
  readonly items: number;
  /** The final value of the counter. */
  readonly increments: number;
  /** Records of customers that were created. */
  readonly customers: number;
}

/** A score and how long it took. */
export interface TimedScore extends Score {
  /** As measured here, at whatever speed the office ran. */
  readonly seconds: number;
}

/** Both programs side by side. What `--json` prints. */
export interface Comparison {
  readonly expected: Score;
  readonly naive: TimedScore;
  readonly runafter: TimedScore;
  /** The counts of the workflow's own summary. */
  readonly summary: { readonly Complete: number; readonly Failed: number };
}

/** What must come out. Without its table, Dataverse can create nobody. */
export function expectedOf(reports: readonly Report[], withoutTable: boolean): Score {
  const customers = new Set(reports.map(({ Customer }) => Customer));
  return {
    items: reports.length,
    increments: reports.length,
    customers: withoutTable ? 0 : customers.size,
  };
}

/**
 * Whether a run lost nothing: its score is what was expected, and its summary says of every report what
 * the list says.
 *
 * @param statuses - how many reports have which status in the list.
 */
export function lostNothing(
  { expected, summary }: Pick<Comparison, 'expected' | 'summary'>,
  score: Score,
  statuses: Statuses,
): boolean {
  return (
    score.items === expected.items &&
    score.increments === expected.increments &&
    score.customers === expected.customers &&
    summary.Complete + summary.Failed === expected.items &&
    summary.Complete === statuses.Complete &&
    summary.Failed === statuses.Failed
  );
}
