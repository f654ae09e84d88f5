/**
 * What the failure of a branch means for the branches beside it, in one value that can be named, spread
 * and passed around. All-or-nothing and best-effort are two settings of the same thing.
 *
 * Read next: policy-scope.ts, where a policy holds.
 * @module
 */
import { parseDuration, parseRetryPolicy } from '@runafter/clock';
import { type Criticality, DefinitionError, type HandledFailure } from '@runafter/core';
import type { ShieldedContext, ShieldedOptions } from '@runafter/core/container-kind';
import { describeValue } from './describe-value.ts';

/** A failure of something that is declared important. */
export type FlaggedFailure = HandledFailure;

/** What a handler of flagged failures is given beside the failure. */
export interface FlaggedContext extends ShieldedContext {
  readonly runId: string;
  /** The path of the scope whose policy it is, such as `Orders[3]/Notify`. */
  readonly scope: string;
}

/** What the failure of a branch means. */
export interface FailurePolicy {
  /**
   * What a branch is that does not say it itself, with its option `criticality`. Branches are the
   * scope's own actions and containers; those inside a container further in are the container's.
   */
  readonly criticality: Criticality;
  /**
   * What becomes of the branches that still run, or wait, once the scope is certain to fail: they are
   * told to stop (`cancel`), or go on to their ends (`finish`).
   */
  readonly rest: 'cancel' | 'finish';
  /**
   * Called for each failure of something important, at any depth in the scope, once all branches have
   * ended: to open a task, or to write to somebody. No cancel and no time-out reaches it, and a resumed
   * run calls it again only for failures of which it is not known that it has succeeded or given up.
   * Its own failure is recorded (`On_Flagged_1`, …) and does not fail the scope.
   */
  readonly onFlagged?: (failure: FlaggedFailure, context: FlaggedContext) => unknown;
  /**
   * How often `onFlagged` is tried for each failure, and how long it may take with all its retries.
   * Default: 4 retries with waits of 5 to 45 s, within 5 minutes.
   */
  readonly onFlaggedOptions?: ShieldedOptions;
}

/** Every branch must succeed: the first failure that nothing handles ends the others. */
export const allOrNothing: FailurePolicy = Object.freeze({
  criticality: 'critical',
  rest: 'cancel',
});

/** No branch fails the scope; what failed is recorded. */
export const bestEffort: FailurePolicy = Object.freeze({ criticality: 'optional', rest: 'finish' });

/**
 * Each branch says what it is. One that says nothing is important: it does not fail the scope, and
 * somebody hears of its failure.
 */
export const graduated: FailurePolicy = Object.freeze({ criticality: 'important', rest: 'finish' });

const fields: Readonly<Record<keyof FailurePolicy, (value: unknown) => string | undefined>> = {
  criticality: (value) => oneOf(value, ['critical', 'important', 'optional']),
  rest: (value) => oneOf(value, ['cancel', 'finish']),
  onFlagged: (value) =>
    value === undefined || typeof value === 'function' ? undefined : 'a function',
  onFlaggedOptions: (value) => (value === undefined ? undefined : problemOfOptions(value)),
};

const knownOptions: readonly string[] = [
  'retry',
  'timeout',
  'secure',
] satisfies (keyof ShieldedOptions)[];

/** Found here and not when something has failed: then nobody would be told of it. */
function problemOfOptions(options: unknown): string | undefined {
  if (!isObject(options)) return 'an object such as { retry, timeout }';
  const unknown = Object.keys(options).find((option) => !knownOptions.includes(option));
  if (unknown !== undefined) return `without "${unknown}": it takes ${knownOptions.join(', ')}`;
  const { retry, timeout, secure } = options as ShieldedOptions;
  if (secure !== undefined && typeof secure !== 'boolean') return 'one whose secure is a boolean';
  try {
    if (retry !== undefined) parseRetryPolicy(retry, 'retry');
    if (timeout !== undefined) parseDuration(timeout, 'timeout');
    return undefined;
  } catch (error) {
    return `one that can be read: ${(error as Error).message.replace(/\.$/, '')}`;
  }
}

/**
 * Refuses what is no policy.
 *
 * @throws {DefinitionError} `POLICY_INVALID`
 */
export function checkPolicy(policy: unknown, name: unknown): asserts policy is FailurePolicy {
  const place = { path: String(name), kind: 'policyScope' };
  if (!isObject(policy)) {
    throw new DefinitionError(
      'POLICY_INVALID',
      place,
      `the policy is ${describeValue(policy)}. Pass allOrNothing, bestEffort or graduated, or an ` +
        'object with criticality and rest.',
      { option: 'policy', value: policy },
    );
  }
  for (const field of new Set([...Object.keys(fields), ...Object.keys(policy)])) {
    const value = (policy as Record<string, unknown>)[field];
    const check = fields[field as keyof FailurePolicy];
    const problem = check === undefined ? notAField : mustBe(check(value));
    if (problem === undefined) continue;
    throw new DefinitionError(
      'POLICY_INVALID',
      place,
      `${field} of the policy is ${describeValue(value)}, but ${problem}.`,
      { option: field, value },
    );
  }
}

const notAField = `a policy has only ${Object.keys(fields).join(', ')}`;

function mustBe(what: string | undefined): string | undefined {
  return what === undefined ? undefined : `must be ${what}`;
}

function oneOf(value: unknown, choices: readonly string[]): string | undefined {
  if (choices.includes(value as string)) return undefined;
  return `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
