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
import { didYouMean } from '@runafter/errors';
import { showValue } from './definition/rules/show-value.ts';
import type { Cipher } from './durable/cipher.ts';
import type { RunListener } from './engine/events.ts';
import type { Executor } from './ports/executor.ts';
import type { RunStore } from './ports/run-store.ts';
import type { Telemetry } from './ports/telemetry.ts';
import { RunOptionError } from './run-errors.ts';

/** How a run is kept in a store. */
export interface DurableOptions {
  /**
   * Where the run is kept, so that it outlives this process. Starting a run of the same id again is
   * the same run. Default: nowhere.
   */
  readonly store?: RunStore;
  /** Encrypts secure values before they are stored. Without one they are not stored at all. */
  readonly cipher?: Cipher;
  /** The most bytes of an input, an output or a signal as it is stored. Default 1 MiB (1,048,576). */
  readonly valueLimit?: number;
  /**
   * How long the store waits for a sign of life before another process may take the run over. It is
   * renewed at a third of that. At least 100 ms. Default '15s'.
   */
  readonly lease?: Duration;
  /** What others are told of who works on the run. Default: process, host and a random part. */
  readonly holder?: string;
  /**
   * Goes on with a run that another definition has begun: what was added runs, what was removed stays in
   * the store. Default false: it is refused, with what changed.
   */
  readonly allowChanges?: boolean;
}

export interface StartOptions extends DurableOptions {
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
  /** Where handlers are called. Default: in this process, as soon as they are ready. */
  readonly executor?: Executor;
  /** Watches the run, such as that of `@runafter/otel`. What it throws becomes a process warning. */
  readonly telemetry?: Telemetry | readonly Telemetry[];
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
  cipher: withMethods(['encrypt', 'decrypt'], 'a Cipher'),
  valueLimit: checkBound,
  lease: checkLease,
  holder: checkText,
  allowChanges: checkBoolean,
  executor: withMethods(['dispatch'], 'an Executor'),
  telemetry: checkTelemetry,
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

/**
 * The store of a run that must have one.
 *
 * @throws {RunOptionError} `RUN_OPTION_INVALID`
 */
export function storeOf({ store }: StartOptions): RunStore {
  if (store !== undefined) return store;
  throw new RunOptionError('store', store, 'is missing. Pass the store that the run is in.');
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

const checkObserver = withMethods(['observeRun'], 'a Telemetry');

function checkTelemetry(value: unknown, option: string): void {
  for (const telemetry of [value].flat()) checkObserver(telemetry, option);
}

function checkFunction(value: unknown, option: string): void {
  if (typeof value !== 'function') throw invalid(option, value, 'Pass a function');
}

function checkBoolean(value: unknown, option: string): void {
  if (typeof value !== 'boolean') throw invalid(option, value, 'Pass true or false');
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

/** Shorter ones are lost to any pause of the process. */
const shortestLease = 100;

function checkLease(value: unknown, option: string): void {
  if (parseDuration(value as Duration, option) >= shortestLease) return;
  throw invalid(option, value, `Pass at least ${shortestLease} milliseconds`);
}

function invalid(option: string, value: unknown, fix: string): RunOptionError {
  return new RunOptionError(option, value, `is ${showValue(value)}. ${fix}.`);
}

function unknown(option: string, value: unknown): RunOptionError {
  const known = Object.keys(checks);
  const hint = `${didYouMean(option, known)} Known are ${known.join(', ')}.`;
  return new RunOptionError(option, value, `is no option.${hint}`);
}
