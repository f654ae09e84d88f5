/**
 * Reads the options of an action, a container or a workflow; every value is checked here.
 *
 * Invariant: an option that is absent or undefined is `undefined`; everything else is valid or
 * refused with OPTION_INVALID, naming the option and what would be accepted.
 * @module
 */
import {
  type Limiter,
  type ParsedRetryPolicy,
  parseDuration,
  parseRetryPolicy,
  type RetryPolicy,
} from '@runafter/clock';
import { didYouMean, isRunafterError } from '@runafter/errors';
import { acceptedConcurrency, type Concurrency, concurrencyOf } from '../concurrency.ts';
import type { Criticality } from '../definition.ts';
import { DefinitionError, type DefinitionPlace } from '../definition-error.ts';
import { showValue } from './show-value.ts';

/** The options that somebody passed, with the place that messages name. */
export interface Options {
  readonly place: DefinitionPlace;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Options that everything in a flow takes. */
export const nodeOptions: readonly string[] = ['criticality', 'secure'];
/** Options of everything that takes time. */
const timedOptions: readonly string[] = [...nodeOptions, 'timeout'];
/** Options of a container. */
export const containerOptions: readonly string[] = [...timedOptions, 'limiter'];
/** Options of an action. */
export const actionOptions: readonly string[] = [
  ...timedOptions,
  'retry',
  'select',
  'payloadLimit',
  'limiter',
];
/** Options of a forEach. */
export const forEachOptions: readonly string[] = [
  ...containerOptions,
  'concurrency',
  'key',
  'id',
  'keep',
  'lookAhead',
];
/** Options of an until. */
export const untilOptions: readonly string[] = [...containerOptions, 'maxIterations', 'onLimit'];
/** Options of a waitFor. */
export const waitForOptions: readonly string[] = [...timedOptions, 'correlate'];
/** Options of a terminate. */
export const terminateOptions: readonly string[] = [...nodeOptions, 'code', 'message'];

/**
 * Takes the options object.
 *
 * @throws {DefinitionError} `OPTION_INVALID`: not an object; `OPTION_UNKNOWN`: an option that is not
 *   among `known`.
 */
export function readOptions(
  place: DefinitionPlace,
  options: unknown,
  known: readonly string[],
): Options {
  if (options === undefined) return { place, values: {} };
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const hint = Array.isArray(options) ? ' The runAfter list comes right after the name.' : '';
    throw new DefinitionError(
      'OPTION_INVALID',
      place,
      `options must be an object, but got ${showValue(options)}.${hint}`,
      { option: 'options', value: options },
    );
  }
  checkKeys(place, options, known, 'option');
  return { place, values: options as Readonly<Record<string, unknown>> };
}

/** Refuses keys that nobody reads, because most of them are typing mistakes. */
export function checkKeys(
  place: DefinitionPlace,
  object: object,
  known: readonly string[],
  what: string,
): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    throw new DefinitionError(
      'OPTION_UNKNOWN',
      place,
      `there is no ${what} "${key}".${didYouMean(key, known)} Known here: ${known.join(', ')}.`,
      { option: key },
    );
  }
}

/** Milliseconds. */
export function durationOption({ place, values }: Options, option: string): number | undefined {
  const value = values[option];
  return value === undefined ? undefined : checkDuration(place, option, value);
}

/** Milliseconds of a value that must be a duration. */
export function checkDuration(place: DefinitionPlace, option: string, value: unknown): number {
  return wrapping(place, option, value, () => parseDuration(value as string, option));
}

/** A whole number of at least `least`; Infinity where there may be no bound. */
export function countOption(
  { place, values }: Options,
  option: string,
  { least, endless }: { readonly least: number; readonly endless: boolean },
): number | undefined {
  const value = values[option];
  if (value === undefined) return undefined;
  const valid =
    (Number.isSafeInteger(value) && (value as number) >= least) ||
    (endless && value === Number.POSITIVE_INFINITY);
  if (valid) return value as number;
  throw invalid(
    place,
    option,
    value,
    `a whole number of at least ${least}${endless ? ', or Infinity for no bound' : ''}`,
  );
}

/** One of some texts. */
export function choiceOption<const Choice extends string>(
  { place, values }: Options,
  option: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = values[option];
  if (value === undefined || choices.includes(value as Choice)) return value as Choice | undefined;
  const meant = typeof value === 'string' ? didYouMean(value, choices) : '';
  throw invalid(place, option, value, `one of ${choices.map(quote).join(', ')}`, meant);
}

/** A text with at least one visible character. */
export function textOption({ place, values }: Options, option: string): string | undefined {
  const value = values[option];
  if (value === undefined || (typeof value === 'string' && value.trim() !== '')) return value;
  throw invalid(place, option, value, 'a text that is not empty');
}

/** A function. */
export function functionOption<F extends (...args: never[]) => unknown>(
  { place, values }: Options,
  option: string,
): F | undefined {
  const value = values[option];
  if (value === undefined || typeof value === 'function') return value as F | undefined;
  throw invalid(place, option, value, 'a function');
}

/** A retry policy in milliseconds; undefined also for one that never retries. */
export function retryOption({ place, values }: Options): ParsedRetryPolicy | undefined {
  const value = values.retry;
  if (value === undefined) return undefined;
  const policy = wrapping(place, 'retry', value, () =>
    parseRetryPolicy(value as RetryPolicy, 'retry'),
  );
  return policy.type === 'none' || policy.count === 0 ? undefined : policy;
}

/** Something with the two methods of a Limiter. */
export function limiterOption({ place, values }: Options): Limiter | undefined {
  const value = values.limiter;
  if (value === undefined) return undefined;
  const candidate = value as Partial<Limiter> | null;
  if (typeof candidate?.acquire === 'function' && typeof candidate.tryAcquire === 'function') {
    return value as Limiter;
  }
  throw invalid(
    place,
    'limiter',
    value,
    'a Limiter, with acquire() and tryAcquire(), such as concurrencyLimiter(…) gives',
  );
}

/** How many iterations at once; one unless said. */
export function concurrencyOption({ place, values }: Options): Concurrency {
  const { concurrency = 1 } = values;
  const read = concurrencyOf(concurrency);
  if (read !== undefined) return read;
  throw invalid(place, 'concurrency', concurrency, acceptedConcurrency);
}

/** What a failure means; what the body around it says where the node itself says nothing. */
export function criticalityOption(options: Options, unsaid: Criticality): Criticality {
  return choiceOption(options, 'criticality', ['critical', 'important', 'optional']) ?? unsaid;
}

/** Which of inputs and outputs are secure; neither unless said. */
export function secureOption({ place, values }: Options): { inputs: boolean; outputs: boolean } {
  const value = values.secure;
  if (value === undefined) return { inputs: false, outputs: false };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(place, 'secure', value, 'an object such as { inputs: true, outputs: true }');
  }
  checkKeys(place, value, ['inputs', 'outputs'], 'field of secure');
  const { inputs = false, outputs = false } = value as { inputs?: unknown; outputs?: unknown };
  if (typeof inputs !== 'boolean') throw invalid(place, 'secure.inputs', inputs, 'true or false');
  if (typeof outputs !== 'boolean')
    throw invalid(place, 'secure.outputs', outputs, 'true or false');
  return { inputs, outputs };
}

/**
 * Refuses what should be a function and is not.
 *
 * @param what - what the function does, such as `run`.
 * @throws {DefinitionError} `FUNCTION_MISSING`
 */
export function checkFunction(
  place: DefinitionPlace,
  what: string,
  value: unknown,
): asserts value is (...args: never[]) => unknown {
  if (typeof value === 'function') return;
  throw new DefinitionError(
    'FUNCTION_MISSING',
    place,
    `${what} must be a function, but got ${showValue(value)}.` +
      (isPromiseLike(value) ? ' Pass the function itself, without calling it.' : ''),
    { option: what, value },
  );
}

function isPromiseLike(value: unknown): boolean {
  return showValue(value) === 'a promise';
}

function invalid(
  place: DefinitionPlace,
  option: string,
  value: unknown,
  accepted: string,
  hint = '',
): DefinitionError {
  return new DefinitionError(
    'OPTION_INVALID',
    place,
    `option ${option} is ${showValue(value)}, but must be ${accepted}.${hint}`,
    { option, value },
  );
}

/** The clock's own refusals know the option but not the place. */
function wrapping<T>(place: DefinitionPlace, option: string, value: unknown, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isRunafterError(error)) throw error;
    throw new DefinitionError('OPTION_INVALID', place, `option ${error.message}`, {
      option,
      value,
      cause: error,
    });
  }
}

function quote(text: string): string {
  return `'${text}'`;
}
