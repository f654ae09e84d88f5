/**
 * What `start()` can be told about a run, and the refusal of what makes no sense.
 *
 * Everything is checked before the run exists: a mistake is thrown where it was made, and never shows
 * as an action that failed.
 * @module
 */
import {
  type Clock,
  type Duration,
  type Gate,
  type Limiter,
  parseDuration,
  type Random,
} from '@runafter/clock';
import { didYouMean } from './definition/rules/did-you-mean.ts';
import { showValue } from './definition/rules/show-value.ts';
import type { RunListener } from './engine/events.ts';
import type { Executor } from './ports/executor.ts';
import type { RunStore } from './ports/run-store.ts';
import { RunOptionError } from './run-errors.ts';

export interface StartOptions {
  /** The identity of the run. Default: a random UUID. */
  readonly runId?: string;
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal;
  /** Gets every event of the run, as `run.events.subscribe` does. */
  readonly onEvent?: RunListener;
  /** Bounds how many handlers are in flight; the workflow's own setting otherwise. */
  readonly maxConcurrentActions?: number;
  /** Every handler of the run takes a permit of it; several runs can share one. */
  readonly limiter?: Limiter;
  /** The run begins when it is let in, and gives its permit back when it has ended. */
  readonly gate?: Gate;
  /** How long the run may take; the workflow's own setting otherwise. */
  readonly timeout?: Duration;
  /** How long handlers may take to settle after they were told to stop; the workflow's own otherwise. */
  readonly grace?: Duration;
  /** Where outcomes are kept. Default: nowhere. */
  readonly store?: RunStore;
  /** Where handlers are called. Default: in this process, as soon as they are ready. */
  readonly executor?: Executor;
  /** Default: the system's clock. */
  readonly clock?: Clock;
  /** Where the jitter of retries comes from. Default `Math.random`. */
  readonly random?: Random;
}

type Check = (value: unknown, option: string) => void;

const checks: Readonly<Record<keyof StartOptions, Check>> = {
  runId: checkText,
  signal: withMethods(['addEventListener', 'removeEventListener'], 'an AbortSignal'),
  onEvent: checkFunction,
  maxConcurrentActions: checkBound,
  limiter: withMethods(['acquire', 'tryAcquire'], 'a Limiter'),
  gate: withMethods(['enter', 'tryEnter'], 'a Gate'),
  timeout: checkDuration,
  grace: checkDuration,
  store: withMethods(['createRun', 'recordOutcome', 'endRun'], 'a RunStore'),
  executor: withMethods(['dispatch'], 'an Executor'),
  clock: withMethods(['now', 'monotonic', 'setTimer', 'sleep'], 'a Clock'),
  random: checkFunction,
};

/**
 * Refuses options that make no sense, and those that do not exist.
 *
 * @throws {RunOptionError} `RUN_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`: `timeout` or `grace`.
 */
export function checkStartOptions(options: StartOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw invalid('options', options, 'Pass an object, or nothing');
  }
  for (const [option, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, option) ? checks[option as keyof StartOptions] : undefined;
    if (check === undefined) throw unknown(option, value);
    if (value !== undefined) check(value, option);
  }
}

function withMethods(methods: readonly string[], what: string): Check {
  return (value, option) => {
    const candidate = Object(value) as Record<string, unknown>;
    const missing = methods.filter((method) => typeof candidate[method] !== 'function');
    if (missing.length === 0) return;
    const hint = value instanceof AbortController ? 'Pass its signal' : `Pass ${what}`;
    throw invalid(option, value, `${hint}: it has no ${missing.join(', ')}`);
  };
}

function checkFunction(value: unknown, option: string): void {
  if (typeof value !== 'function') throw invalid(option, value, 'Pass a function');
}

function checkText(value: unknown, option: string): void {
  if (typeof value === 'string' && value.trim() !== '') return;
  const fix = 'Pass a text that is not empty, or leave it out to get one made';
  throw invalid(option, value, fix);
}

function checkBound(value: unknown, option: string): void {
  if (value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && Number(value) >= 1)) return;
  throw invalid(option, value, 'Pass a whole number of at least 1, or Infinity');
}

function checkDuration(value: unknown, option: string): void {
  parseDuration(value as Duration, option);
}

function invalid(option: string, value: unknown, fix: string): RunOptionError {
  return new RunOptionError(option, value, `is ${showValue(value)}. ${fix}.`);
}

function unknown(option: string, value: unknown): RunOptionError {
  const known = Object.keys(checks);
  const hint = `${didYouMean(option, known)} Known are ${known.join(', ')}.`;
  return new RunOptionError(option, value, `is no option.${hint}`);
}
