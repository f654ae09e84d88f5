/**
 * Checks a retry policy and turns its durations into milliseconds.
 *
 * Invariant: what comes out is frozen, valid and complete, and going through again changes nothing.
 * @module
 */
import { hasCode, RunafterError } from '@runafter/errors';
import { type Duration, parseDuration } from './duration.ts';
import { formatDuration } from './duration-format.ts';
import type { ExponentialRetry, FixedRetry, NoRetry, RetryPolicy } from './retry-policy.ts';

/** A {@link FixedRetry} in milliseconds, with its defaults filled in. */
export interface ParsedFixedRetry extends FixedRetry {
  readonly interval: number;
  readonly jitter: number;
  readonly totalTime: number | undefined;
}

/** An {@link ExponentialRetry} in milliseconds, with its defaults filled in. */
export interface ParsedExponentialRetry extends ExponentialRetry {
  readonly interval: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly totalTime: number | undefined;
}

/** A policy that was checked; it is a {@link RetryPolicy} itself. */
export type ParsedRetryPolicy = NoRetry | ParsedFixedRetry | ParsedExponentialRetry;

/** `RETRY_POLICY_INVALID`: a field of a retry policy has a value that it cannot have. */
export class RetryPolicyError extends RunafterError {
  /** The option that the policy was given for. */
  readonly option: string;
  /** The field of the policy; empty when the policy as a whole is wrong. */
  readonly field: string;

  constructor(option: string, field: string, reason: string, cause?: { cause: unknown }) {
    super(
      'RETRY_POLICY_INVALID',
      `${field === '' ? option : `${option}.${field}`}: ${reason}`,
      cause,
    );
    this.option = option;
    this.field = field;
  }
}

const limits = ['type', 'count', 'interval', 'when', 'totalTime'];
const fieldsOf: Readonly<Record<RetryPolicy['type'], readonly string[]>> = {
  none: ['type'],
  fixed: [...limits, 'jitter'],
  exponential: [...limits, 'minimum', 'maximum'],
};

/** Policies that have been through already, so that a loop does not check its policy in every round. */
const parsed = new WeakSet<RetryPolicy>();

/**
 * Checks a policy; cheap for one that was checked before.
 *
 * @param option - the name of the option, for the message. Default `'retry'`.
 * @throws {RetryPolicyError} `RETRY_POLICY_INVALID`: an unknown type or field, a count that is not a
 *   whole number, a duration that is none, a minimum above the maximum, a jitter outside 0 to 1.
 */
export function parseRetryPolicy(policy: FixedRetry, option?: string): ParsedFixedRetry;
export function parseRetryPolicy(policy: ExponentialRetry, option?: string): ParsedExponentialRetry;
export function parseRetryPolicy(policy: RetryPolicy, option?: string): ParsedRetryPolicy;
export function parseRetryPolicy(policy: RetryPolicy, option = 'retry'): ParsedRetryPolicy {
  if (parsed.has(policy)) return policy as ParsedRetryPolicy;
  const result: ParsedRetryPolicy = Object.freeze(check(policy, option));
  parsed.add(result);
  return result;
}

function check(policy: RetryPolicy, option: string): ParsedRetryPolicy {
  if (typeof policy !== 'object' || policy === null || !Object.hasOwn(fieldsOf, policy.type)) {
    throw new RetryPolicyError(
      option,
      '',
      "is not a retry policy. Its type is 'none', 'fixed' or 'exponential'; use noRetry, fixed(…) or exponential(…).",
    );
  }
  refuseUnknownFields(policy, option);
  switch (policy.type) {
    case 'none':
      return { type: 'none' };
    case 'fixed':
      return {
        ...policy,
        ...checkLimits(policy, option),
        jitter: checkJitter(policy.jitter ?? 0, option),
      };
    case 'exponential':
      return { ...policy, ...checkLimits(policy, option), ...checkBounds(policy, option) };
  }
}

function refuseUnknownFields(policy: RetryPolicy, option: string): void {
  const known = fieldsOf[policy.type];
  const unknown = Object.keys(policy).find((field) => !known.includes(field));
  if (unknown === undefined) return;
  throw new RetryPolicyError(
    option,
    unknown,
    `a policy of type '${policy.type}' has no such field. It knows ${known.join(', ')}.`,
  );
}

function checkLimits(
  policy: FixedRetry | ExponentialRetry,
  option: string,
): { interval: number; totalTime: number | undefined } {
  const { count, when, interval, totalTime } = policy;
  if (count === Number.POSITIVE_INFINITY && totalTime === undefined) {
    throw new RetryPolicyError(
      option,
      'count',
      'Infinity needs a totalTime, else it may go on for ever.',
    );
  }
  if (!(Number.isInteger(count) || count === Number.POSITIVE_INFINITY) || count < 0) {
    throw new RetryPolicyError(
      option,
      'count',
      `${String(count)} is not a number of retries. Pass a whole number, 0 or more.`,
    );
  }
  if (when !== undefined && typeof when !== 'function') {
    throw new RetryPolicyError(
      option,
      'when',
      'is not a function. Pass (error) => boolean, or leave it out.',
    );
  }
  return {
    interval: checkDuration(interval, 'interval', option),
    totalTime: totalTime === undefined ? undefined : checkDuration(totalTime, 'totalTime', option),
  };
}

function checkJitter(jitter: number, option: string): number {
  if (jitter >= 0 && jitter <= 1) return jitter;
  throw new RetryPolicyError(
    option,
    'jitter',
    `${String(jitter)} is not a share of the interval. Pass a number from 0 to 1.`,
  );
}

function checkBounds(
  policy: ExponentialRetry,
  option: string,
): { minimum: number; maximum: number } {
  const minimum = checkDuration(policy.minimum ?? 0, 'minimum', option);
  const maximum = checkDuration(policy.maximum ?? '1d', 'maximum', option);
  if (minimum <= maximum) return { minimum, maximum };
  throw new RetryPolicyError(
    option,
    'minimum',
    `${formatDuration(minimum)} is above the maximum of ${formatDuration(maximum)}. Lower it, or raise the maximum.`,
  );
}

function checkDuration(value: Duration, field: string, option: string): number {
  try {
    return parseDuration(value, field);
  } catch (error) {
    if (!hasCode(error, 'DURATION_INVALID')) throw error;
    throw new RetryPolicyError(option, field, error.message, { cause: error });
  }
}
