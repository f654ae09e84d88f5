/**
 * Aggregation of results instead of shared accumulators: counts, partitions and errors from what a
 * scope, a loop or `Promise.allSettled` handed over.
 * @module
 */
export type { Accumulator } from './accumulator.ts';
export {
  type AnswersOf,
  aggregate,
  aggregating,
  type Questions,
  type RecordsOf,
} from './aggregate.ts';
export { collect, collecting } from './collect.ts';
export {
  type Consolidated,
  type ConsolidateOptions,
  consolidate,
  type MissingReason,
  type MissingSource,
  type Sources,
  type StandIn,
} from './consolidate.ts';
export {
  allOrNothing,
  bestEffort,
  type FailurePolicy,
  type FlaggedContext,
  type FlaggedFailure,
  graduated,
} from './failure-policy.ts';
export { filter } from './filter.ts';
export { findingFirstError, firstError } from './first-error.ts';
export {
  type ErrorGroup,
  type GroupErrorsOptions,
  groupErrorsByCode,
  groupingErrorsByCode,
} from './group-errors-by-code.ts';
export { type Partition, partition, partitioning } from './partition.ts';
export { policyScope } from './policy-scope.ts';
export { type QuorumOptions, quorum } from './quorum.ts';
export type { Decision, Needed } from './quorum-decision.ts';
export type { NotVoted, Quorum } from './quorum-outcome.ts';
export type {
  FailedOf,
  FailingStatus,
  FulfilledRecord,
  OutputsOf,
  Recordable,
  RecordLike,
  RecordOf,
  RejectedRecord,
  SucceededOf,
  UnsuccessfulStatus,
  WithStatus,
} from './record.ts';
export { RecordsError, ResultsOptionError, SourceMissingError } from './results-error.ts';
export { type KeyOf, type Tally, tally, tallyBy, tallying, tallyingBy } from './tally.ts';
