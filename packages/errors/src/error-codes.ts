/**
 * Every error code of the project, with what happened, why, and what to do.
 *
 * Invariant: a code, once published, keeps its meaning. Messages may improve freely; programs and
 * searches rely on codes. Read next: codes/, one file per package.
 * @module
 */
import type { CodeEntry } from './code-table.ts';
import { admissionCodes } from './codes/admission.ts';
import { bullmqCodes } from './codes/bullmq.ts';
import { claimCodes } from './codes/claim.ts';
import { cliPlanCodes } from './codes/cli.plan.ts';
import { cliCodes } from './codes/cli.ts';
import { clockCodes } from './codes/clock.ts';
import { coreDurableCodes } from './codes/core.durable.ts';
import { coreRunCodes } from './codes/core.run.ts';
import { coreCodes } from './codes/core.ts';
import { counterCodes } from './codes/counter.ts';
import { errorsCodes } from './codes/errors.ts';
import { lockCodes } from './codes/lock.ts';
import { optimisticCodes } from './codes/optimistic.ts';
import { resultsCodes } from './codes/results.ts';
import { sagaCodes } from './codes/saga.ts';
import { sqliteCodes } from './codes/sqlite.ts';
import { testkitCodes } from './codes/testkit.ts';
import { throttleCodes } from './codes/throttle.ts';

/** All codes, from which the documentation pages are made. */
export const errorCodes: typeof errorsCodes &
  typeof cliCodes &
  typeof cliPlanCodes &
  typeof clockCodes &
  typeof coreCodes &
  typeof coreRunCodes &
  typeof coreDurableCodes &
  typeof resultsCodes &
  typeof optimisticCodes &
  typeof counterCodes &
  typeof lockCodes &
  typeof claimCodes &
  typeof sagaCodes &
  typeof throttleCodes &
  typeof admissionCodes &
  typeof bullmqCodes &
  typeof sqliteCodes &
  typeof testkitCodes = Object.freeze({
  ...errorsCodes,
  ...cliCodes,
  ...cliPlanCodes,
  ...clockCodes,
  ...coreCodes,
  ...coreRunCodes,
  ...coreDurableCodes,
  ...resultsCodes,
  ...optimisticCodes,
  ...counterCodes,
  ...lockCodes,
  ...claimCodes,
  ...sagaCodes,
  ...throttleCodes,
  ...admissionCodes,
  ...bullmqCodes,
  ...sqliteCodes,
  ...testkitCodes,
});

/** A code that this project raises. Errors of your own may use other codes. */
export type ErrorCode = keyof typeof errorCodes;

/**
 * Explains a code: what happened, why, and the fix.
 *
 * @returns undefined for a code that is not in the table, such as one of your own.
 * @example
 * const { title, fix } = describeCode('DURATION_INVALID');
 */
export function describeCode(code: ErrorCode): CodeEntry;
export function describeCode(code: string): CodeEntry | undefined;
export function describeCode(code: string): CodeEntry | undefined {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode] : undefined;
}
