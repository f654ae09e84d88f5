/**
 * runafter on the command line.
 * @module
 */
export { type ExitCode, exitCodes } from './exit-codes.ts';
export type { Plan, PlannedAction, PlannedConnector, PlannedDuration } from './plan/plan.ts';
export { PlanError, PlanIncompleteError } from './plan/plan-errors.ts';
export { mergePlans, planFromRun } from './plan/plan-from-run.ts';
export { type PlanOptions, planRuns } from './plan/plan-runs.ts';
export type {
  Binding,
  ConnectorBound,
  FormulaReading,
  PlanRow,
  PlanTable,
  Recommendation,
} from './plan/plan-table.ts';
export { processSession } from './process-session.ts';
export { runCli } from './run-cli.ts';
export type { Interrupts, Output, Session, Style } from './session.ts';
