/**
 * The summary of a run, made from its results in one place: nothing was counted on the way.
 * @module
 */
import type { LoopDetail, Result } from '@runafter/core';
import { partition } from '@runafter/results';
import type { ReportItem, ResultRow } from './report.ts';

/** What came of the reports. */
export interface Summary {
  readonly Complete: number;
  readonly Failed: number;
  /** One for each report that was closed, in the order of the list. */
  readonly rows: readonly ResultRow[];
}

/**
 * Sums up a loop over reports whose iterations hand over how processing went.
 *
 * An iteration itself fails only when its report could not be closed; it is in no count.
 */
export function summarize({ iterations }: LoopDetail<Result<ReportItem>, ReportItem>): Summary {
  const closed = partition(iterations).succeeded;
  const { succeeded, failed } = partition(closed.map(({ outputs }) => outputs));
  return {
    Complete: succeeded.length,
    Failed: failed.length,
    rows: closed.map(({ item, outputs }) => toRow(item, outputs)),
  };
}

function toRow({ fields: { Title } }: ReportItem, processed: Result<ReportItem>): ResultRow {
  if (processed.status !== 'Succeeded') {
    return { Title, Status: 'Failed', Note: processed.error.message };
  }
  return { Title, Status: 'Complete', Note: processed.outputs.fields.DataverseRecordId };
}
