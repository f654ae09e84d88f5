/**
 * What a step has said about being undone, read from the metadata of its node.
 * @module
 */
import { type Duration, parseDuration, parseRetryPolicy, type RetryPolicy } from '@runafter/clock';
import type { ChildDefinition } from '@runafter/core/container-kind';
import {
  type Compensate,
  type Compensation,
  compensationRetry,
  compensationTimeout,
  none,
} from './compensation.ts';

/** The metadata of a step as its options gave it, before anything of it was checked. */
export interface StepMetadata {
  readonly compensate: unknown;
  readonly pivot: unknown;
}

/** How a step is undone. */
export interface UndoPlan {
  readonly run: Compensate<unknown, unknown, unknown>;
  readonly retry: RetryPolicy;
  readonly timeout: Duration;
}

export interface StepPlan {
  /** Undefined where the step said that it is not undone. */
  readonly undo: UndoPlan | undefined;
  /** Why it is not. */
  readonly reason: string | undefined;
  readonly pivot: boolean;
}

/** What is wrong with what a step says. */
export interface PlanFault {
  readonly problem: string;
  readonly option: 'compensate' | 'pivot';
  readonly value: unknown;
  /** Nothing was said at all. */
  readonly isMissing: boolean;
}

/** The plan of a step; undefined for what has nothing to undo, such as a delay. */
export function planOf({ metadata }: Pick<ChildDefinition, 'metadata'>): StepPlan | undefined {
  if (metadata === undefined) return undefined;
  const { compensate, pivot } = metadata as StepMetadata;
  const isPivot = pivot === true;
  if (isNone(compensate)) return { undo: undefined, reason: compensate.none, pivot: isPivot };
  const own = typeof compensate === 'function' ? { run: compensate } : compensate;
  const { run, retry, timeout } = own as Compensation<unknown, unknown, unknown>;
  const undo = {
    run,
    retry: retry ?? compensationRetry,
    timeout: timeout ?? compensationTimeout,
  };
  return { undo, reason: undefined, pivot: isPivot };
}

/** What is wrong with what a step says; undefined when nothing is. */
export function faultOf({ compensate, pivot }: StepMetadata): PlanFault | undefined {
  const about = { option: 'compensate', value: compensate, isMissing: false } as const;
  if (pivot !== undefined && typeof pivot !== 'boolean') {
    const problem = 'option pivot must be true or false.';
    return { problem, option: 'pivot', value: pivot, isMissing: false };
  }
  if (compensate === undefined) {
    const problem =
      'it does not say how it is undone. Pass compensate: (done, context) => …, or ' +
      "compensate: none('…') with the reason why it is not undone.";
    return { ...about, problem, isMissing: true };
  }
  if (compensate === none) return { ...about, problem: reasonMissing };
  if (typeof compensate === 'function') return undefined;
  if (typeof compensate !== 'object' || compensate === null) {
    return { ...about, problem: `option compensate must be a function, ${otherForms}` };
  }
  if ('none' in compensate) {
    if (isNone(compensate)) return undefined;
    return { ...about, problem: reasonMissing };
  }
  const problem = faultOfCompensation(compensate);
  return problem === undefined ? undefined : { ...about, problem };
}

const reasonMissing = 'none(…) takes the reason why the step is not undone, as a text.';
const otherForms = "an object { run, retry, timeout }, or none('…').";
const known: readonly string[] = ['run', 'retry', 'timeout'];

function faultOfCompensation(compensation: object): string | undefined {
  const unknown = Object.keys(compensation).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    return `there is no field "${unknown}" in compensate. Known here: ${known.join(', ')}.`;
  }
  const { run, retry, timeout } = compensation as Partial<Compensation<unknown, unknown, unknown>>;
  if (typeof run !== 'function') return `compensate.run must be a function in ${otherForms}`;
  try {
    if (retry !== undefined) parseRetryPolicy(retry, 'compensate.retry');
    if (timeout !== undefined) parseDuration(timeout, 'compensate.timeout');
    return undefined;
  } catch (error) {
    return `option ${(error as Error).message}`;
  }
}

function isNone(compensate: unknown): compensate is { readonly none: string } {
  const reason: unknown = Object(compensate).none;
  return typeof compensate === 'object' && typeof reason === 'string' && reason.trim() !== '';
}
