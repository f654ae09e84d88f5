/**
 * The names of what a saga does in its last phase. Idempotency keys are made of them, so they never change.
 * @module
 */

/** The record that holds the report. */
export const reportName = 'Saga_Report';

/** The record of undoing a step. */
export function undoName(step: string): string {
  return `Undo_${step}`;
}
