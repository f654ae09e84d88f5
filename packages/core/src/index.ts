/**
 * The workflow engine: a DAG declared with runAfter, scopes, bounded loops and result().
 *
 * @example
 * const flow = workflow('Fulfil_Order', (flow: Flow<Order>) => {
 *   const stock = flow.action('Validate_Inventory', ({ input }) => inventory.check(input.sku));
 *   const email = flow.action('Send_Confirmation', [stock], ([stock], { input }) => mail.send(input, stock));
 *   return flow.action('Close_Order', [settled(email)], ([email]) => email.status);
 * });
 * const end = await start(flow, order).finished;
 * if (end.status === 'Succeeded') console.log(end.outputs);
 * @module
 */
export { BoundedMapError, type BoundedMapOptions, boundedMap } from './bounded-map.ts';
export { type ClaimCheckOptions, claimCheck } from './claim-check/claim-check.ts';
export { RunDocumentMissingError } from './claim-check/run-document-missing-error.ts';
export type {
  AnyCase,
  DataAction,
  DataActions,
  DataBody,
  DataChild,
  DataCondition,
  DataContext,
  DataDefinition,
  DataDelay,
  DataForEach,
  DataNode,
  DataScope,
  DataSwitch,
  DataTerminate,
  DataUntil,
  DataWaitFor,
  LookUpContext,
  RunAfterMap,
} from './definition/data-form/data-definition.ts';
export { defineWorkflow } from './definition/data-form/define-workflow.ts';
export type { Criticality, Keep, TerminateStatus } from './definition/definition.ts';
export { DefinitionError, HandleError } from './definition/definition-error.ts';
export { describe } from './definition/describe.ts';
export type {
  ActionDescription,
  AdaptiveDescription,
  BodyDescription,
  BranchDescription,
  ChildDescription,
  ConditionDescription,
  ContainerDescription,
  CountDescription,
  DelayDescription,
  DurationDescription,
  ForEachDescription,
  FunctionDescription,
  InputDescription,
  NodeDescription,
  NodeFacts,
  RetryDescription,
  RunAfterDescription,
  ScopeDescription,
  SwitchDescription,
  TerminateDescription,
  UntilDescription,
  WaitForDescription,
  WorkflowDescription,
} from './definition/description.ts';
export { type EventType, event } from './definition/event-type.ts';
export type {
  ActionContext,
  ActionOptions,
  BodyOf,
  ContainerOptions,
  Context,
  EachFlow,
  Flow,
  ForEachOptions,
  Items,
  LoopBody,
  LoopContext,
  NodeOptions,
  Root,
  RoundContext,
  RoundFlow,
  Secure,
  TerminateOptions,
  TimedOptions,
  UntilOptions,
  WaitForOptions,
} from './definition/flow.ts';
export {
  type Conditional,
  type Dependency,
  failed,
  type Handle,
  type InputsOf,
  on,
  settled,
  type ValueOf,
  type Values,
} from './definition/handle.ts';
export type { ListedNode } from './definition/node-list.ts';
export { type Workflow, type WorkflowOptions, workflow } from './definition/workflow.ts';
export { isWorkflow } from './definition/workflow-brand.ts';
export { type Cipher, CipherError } from './durable/cipher.ts';
export { NotStorableError, StoredValueError, ValueTooLargeError } from './durable/codec.ts';
export { type DefinitionChange, DefinitionChangedError } from './durable/definition-changes.ts';
export {
  ItemsIdRequiredError,
  RunCopyIncompleteError,
  RunHeldError,
  RunInputDiffersError,
  RunLostError,
  RunNotEndedError,
  RunShapeUnknownError,
  RunSuspendedError,
  RunUnknownError,
} from './durable/durable-errors.ts';
export {
  inspectRun,
  type OutcomeInspection,
  type RunInspection,
} from './durable/inspect-run.ts';
export { deleteRuns } from './durable/prune-runs.ts';
export { type ReadSnapshotOptions, readSnapshot } from './durable/read-snapshot.ts';
export { type RerunOptions, rerun } from './durable/rerun.ts';
export { type ResumeOptions, resume } from './durable/resume.ts';
export { type ResumeAllOptions, type ResumedRuns, resumeAll } from './durable/resume-all.ts';
export { CipherRequiredError } from './durable/secure-use.ts';
export { type StoreSignalOptions, signal } from './durable/signal.ts';
export type {
  ActionEndedEvent,
  ActionFlaggedEvent,
  ActionStartedEvent,
  AttemptEndedEvent,
  AttemptStartedEvent,
  IterationEndedEvent,
  IterationStartedEvent,
  RunEndedEvent,
  RunEvent,
  RunEvents,
  RunLeftEvent,
  RunListener,
  RunStartedEvent,
} from './engine/events.ts';
export { LookUpError } from './engine/handlers/look-up-error.ts';
export { PayloadNotMeasurableError, PayloadTooLargeError } from './engine/handlers/payload.ts';
export { SwitchCaseError } from './engine/kinds/branching-execution.ts';
export { ItemIdDuplicateError, ItemKeyError } from './engine/kinds/item-key.ts';
export { ItemsError } from './engine/kinds/item-source.ts';
export type { SignalOutcome } from './engine/mailbox.ts';
export type { ActionRecord, AttemptRecord, RecordKind } from './engine/records/action-record.ts';
export type { HandledFailure, TimedAction, TimeOutlier, Usage } from './engine/records/digest.ts';
export type { Execution } from './engine/records/executions.ts';
export type { Explanation, ExplanationStep } from './engine/records/explain.ts';
export type { RunFacts, RunResult } from './engine/records/run-result.ts';
export { StoppedError } from './engine/stop.ts';
export { type ActionCall, type ActionTask, type Executor, inProcess } from './ports/executor.ts';
export { type MemoryRunStoreOptions, memoryRunStore } from './ports/memory-run-store.ts';
export type {
  Delivery,
  FrameQuery,
  LeaseAnswer,
  LeaseRequest,
  NewRun,
  NewSignal,
  OutcomeEntry,
  Place,
  Recorded,
  RunEnd,
  RunLease,
  RunQuery,
  RunStore,
  StoredOutcome,
  StoredRun,
  StoredSignal,
  Writer,
} from './ports/run-store.ts';
export type {
  CallObserver,
  Carrier,
  ObservedAttempt,
  ObservedCall,
  ObservedRun,
  RunObserver,
  Telemetry,
} from './ports/telemetry.ts';
export type { TextDocumentEntry, TextDocuments } from './ports/text-documents.ts';
export type {
  ActionError,
  Iteration,
  IterationCounts,
  LoopDetail,
  LoopFailures,
  Result,
  ResultFacts,
  SucceededResult,
  UnsuccessfulResult,
} from './result.ts';
export type { Run, SignalOptions } from './run.ts';
export { RunOptionError, SignalError } from './run-errors.ts';
export { type RunSnapshot, type SnapshotOptions, snapshot } from './snapshot.ts';
export { start } from './start.ts';
export type { DurableOptions, StartOptions } from './start-options.ts';
export { type RunAfterStatus, type Status, statuses } from './status.ts';
