/**
 * Sagas: steps of which all are done in the end, or what was done is undone, in reverse order.
 *
 * @example
 * const onboard = workflow('Onboard', (flow: Flow<Hire>) =>
 *   saga(flow, 'Hire', [], (saga) =>
 *     saga.step('Account', ({ input, idempotencyKey }) => directory.create(input, { idempotencyKey }), {
 *       compensate: (_, { step }) => directory.removeMadeBy(step.idempotencyKey),
 *     }),
 *   ),
 * );
 * @module
 */
export type { SagaOptions } from './check-saga.ts';
export {
  type Compensate,
  type Compensation,
  type CompensationContext,
  type CompensationOptions,
  compensationRetry,
  compensationTimeout,
  type Done,
  type NoCompensation,
  none,
  type UndoneStep,
} from './compensation.ts';
export { formatSagaReport } from './format-saga-report.ts';
export {
  type RetryCompensationOptions,
  retryCompensation,
  type SagaReportOptions,
  storedSagaReports,
} from './retry-compensation.ts';
export { saga } from './saga.ts';
export type { Saga, SagaBody, StepOptions } from './saga-flow.ts';
export {
  type SagaReport,
  SagaUnknownError,
  type StepOutcome,
  type StepReport,
  sagaReport,
  sagaReports,
} from './saga-report.ts';
export { StepNotDoneError } from './step-facts.ts';
