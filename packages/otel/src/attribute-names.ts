/**
 * What spans and metrics carry, by name. `error.type`, `exception.*` and `messaging.*` are semantic
 * conventions of OpenTelemetry; it has none for workflows, so `runafter.*` are ours.
 *
 * Only what is marked as bounded may stand on a metric: each of its values is a time series of its own.
 * @see https://opentelemetry.io/docs/specs/semconv/
 * @module
 */
export const names = {
  /** Bounded. */
  workflow: 'runafter.workflow.name',
  version: 'runafter.workflow.version',
  runId: 'runafter.run.id',
  /** Bounded: a status. */
  runStatus: 'runafter.run.status',
  resumed: 'runafter.run.resumed',
  /** Why this process works on it no more: a code. */
  left: 'runafter.run.left',
  /** Bounded: where it stands in the definition. */
  address: 'runafter.action.address',
  path: 'runafter.action.path',
  kind: 'runafter.action.kind',
  /** Bounded: a status. */
  status: 'runafter.action.status',
  attempt: 'runafter.attempt.number',
  index: 'runafter.iteration.index',
  /** Milliseconds. */
  retryWait: 'runafter.retry.wait',
  /** Bounded: a kind of wait. */
  waitKind: 'runafter.wait.kind',
  waitName: 'runafter.wait.name',
  errorType: 'error.type',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  messagingSystem: 'messaging.system',
  messagingDestination: 'messaging.destination.name',
  messagingOperation: 'messaging.operation.name',
  messagingOperationType: 'messaging.operation.type',
} as const;
