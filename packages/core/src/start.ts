/**
 * `start()`: begins a run of a workflow.
 *
 * A run begins in a microtask of its own, so whoever started it can subscribe to its events first and
 * miss none.
 * Read next: run.ts (what comes back), engine/run-engine.ts (what happens).
 * @module
 */
import {
  type Clock,
  type Duration,
  type Gate,
  type Limiter,
  type Permit,
  parseDuration,
  type Random,
  systemClock,
} from '@runafter/clock';
import { toFault } from '@runafter/errors';
import type { WorkflowDefinition } from './definition/definition.ts';
import { didYouMean } from './definition/did-you-mean.ts';
import type { EventType } from './definition/event-type.ts';
import { boundOf, limiterList } from './definition/limiter-order.ts';
import type { Workflow } from './definition/workflow.ts';
import { isWorkflow } from './definition/workflow-brand.ts';
import type { ActionRecord } from './engine/action-record.ts';
import type { Usage } from './engine/digest.ts';
import { EventHub, type RunEvents, type RunListener } from './engine/events.ts';
import { type Explanation, explainRun } from './engine/explain.ts';
import { findRecord } from './engine/find-record.ts';
import { Mailbox, type SignalOutcome } from './engine/mailbox.ts';
import { RunEngine, type RunServices } from './engine/run-engine.ts';
import { FinishedRun, type RunResult } from './engine/run-result.ts';
import { cancelled, refused } from './engine/stop.ts';
import { type Executor, inProcess } from './ports/executor.ts';
import type { RunStore } from './ports/run-store.ts';
import type { Run, SignalOptions } from './run.ts';
import { RunExistsError, RunOptionError, SignalError } from './run-errors.ts';
import { type Status, statusName } from './status.ts';

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

/**
 * Starts a run. It begins right after the code that called this has gone on.
 *
 * @param input - what every handler reads as `input`; handed on as it is.
 * @throws {RunOptionError} `RUN_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`: `timeout` or `grace`.
 * @example
 * const { status, outputs } = await start(weeklyReports, rows).finished;
 */
export function start<In, T>(
  workflow: Workflow<In, T>,
  input: In,
  options: StartOptions = {},
): Run<T> {
  if (!isWorkflow(workflow)) {
    throw new RunOptionError(
      'workflow',
      workflow,
      'is not a workflow. Pass what workflow() or defineWorkflow() returned.',
    );
  }
  return new StartedRun<T>(workflow.definition, input, options);
}

class StartedRun<T> implements Run<T> {
  readonly finished: Promise<RunResult<T>>;
  readonly #definition: WorkflowDefinition;
  readonly #engine: RunEngine;
  readonly #options: StartOptions;
  readonly #timeout: number | undefined;
  #permit: Permit | undefined;
  #resolve!: (result: RunResult<T>) => void;
  #reject!: (error: unknown) => void;

  constructor(definition: WorkflowDefinition, input: unknown, options: StartOptions) {
    const { runId, onEvent, signal } = options;
    checkRunId(runId);
    this.#definition = definition;
    this.#options = options;
    this.#timeout = durationOr(options.timeout, 'timeout', definition.timeout);
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever never looks at `finished` still gets no unhandled rejection.
    this.finished.catch(() => undefined);
    const services = servicesOf(definition, options);
    this.#engine = new RunEngine(definition, input, { id: runId }, services, (fault) => {
      this.#ended(fault);
    });
    if (onEvent !== undefined) this.events.subscribe(onEvent);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (signal?.aborted) this.#onAbort();
    if (options.gate === undefined && options.store === undefined) {
      queueMicrotask(() => this.#engine.begin(this.#timeout));
    } else void this.#enter();
  }

  readonly #onAbort = (): void => {
    const reason: unknown = this.#options.signal?.reason;
    this.#engine.halt(
      cancelled('RUN_CANCELLED', `The run was cancelled: ${toFault(reason).message}`, reason),
    );
  };

  async #enter(): Promise<void> {
    const { gate, signal } = this.#options;
    try {
      this.#permit = await gate?.enter({ signal });
    } catch (thrown) {
      const { code, message } = toFault(thrown);
      this.#engine.refuse(refused(code, `The gate did not let the run in: ${message}`, thrown));
      return;
    }
    try {
      await this.#createInStore();
      this.#engine.begin(this.#timeout);
    } catch (error) {
      this.#engine.fault(error);
    }
  }

  async #createInStore(): Promise<void> {
    const { store, clock = systemClock } = this.#options;
    if (store === undefined) return;
    const { name, version } = this.#definition;
    const created = await store.createRun({
      runId: this.id,
      workflow: name,
      ...(version !== undefined && { version }),
      startTime: clock.now(),
    });
    if (!created) throw new RunExistsError(this.id);
  }

  #ended(fault: { error: unknown } | undefined): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#permit?.release();
    this.#engine.tellRunEnd();
    if (fault !== undefined) this.#reject(fault.error);
    else {
      const result = new FinishedRun(this.#engine);
      const { store } = this.#options;
      if (store === undefined) this.#resolve(result as unknown as RunResult<T>);
      else this.#endInStore(store, result);
    }
  }

  #endInStore(store: RunStore, result: FinishedRun): void {
    const { status, error, endTime } = result;
    const end = {
      status,
      ...(error && { error: { code: error.code, message: error.message } }),
      endTime: endTime.getTime(),
    };
    store.endRun(this.id, end).then(
      () => this.#resolve(result as unknown as RunResult<T>),
      (fault: unknown) => this.#reject(fault),
    );
  }

  get id(): string {
    return this.#engine.id;
  }

  get workflow(): string {
    return this.#definition.name;
  }

  get status(): Status | undefined {
    return statusName(this.#engine.bits);
  }

  get events(): RunEvents {
    return this.#engine.events;
  }

  get results(): readonly ActionRecord[] {
    return this.#engine.root.records();
  }

  result(path: string): ActionRecord | undefined {
    return findRecord(this.results, path);
  }

  cancel(reason = 'cancel() was called.'): void {
    this.#engine.halt(cancelled('RUN_CANCELLED', `The run was cancelled: ${reason}`));
  }

  async signal<P>(
    event: string | EventType<P>,
    payload: P,
    options: SignalOptions = {},
  ): Promise<SignalOutcome> {
    const name = typeof event === 'string' ? event : event.name;
    const { events } = this.#definition;
    if (!events.has(name)) {
      throw new SignalError(
        'SIGNAL_UNKNOWN',
        this.id,
        name,
        unknownEvent(this.workflow, name, events),
      );
    }
    if (this.status !== undefined) {
      const problem = `Run "${this.id}" has ended ${this.status}, so nothing waits for event "${name}".`;
      throw new SignalError('RUN_ENDED', this.id, name, problem);
    }
    return this.#engine.services.mailbox.put(name, options.correlate, payload, options.id);
  }

  why(): Explanation {
    return explainRun(this.#engine);
  }

  usage(): Usage {
    return this.#engine.digest().usage();
  }
}

function servicesOf(definition: WorkflowDefinition, options: StartOptions): RunServices {
  const { clock = systemClock, random = Math.random, store, limiter, executor } = options;
  const max = options.maxConcurrentActions ?? definition.maxConcurrentActions ?? Infinity;
  if (max !== Infinity && !(Number.isInteger(max) && max >= 1)) {
    throw new RunOptionError(
      'maxConcurrentActions',
      max,
      `is ${String(max)}. Pass a whole number of at least 1, or Infinity.`,
    );
  }
  return {
    clock,
    random,
    store,
    executor: executor === inProcess ? undefined : executor,
    limiters: limiterList(limiter),
    bounds: boundOf(max),
    grace: durationOr(options.grace, 'grace', definition.grace) ?? 0,
    events: new EventHub(),
    mailbox: new Mailbox(),
  };
}

function durationOr(
  duration: Duration | undefined,
  option: string,
  otherwise: number | undefined,
): number | undefined {
  return duration === undefined ? otherwise : parseDuration(duration, option);
}

function checkRunId(runId: unknown): void {
  if (runId === undefined || (typeof runId === 'string' && runId.trim() !== '')) return;
  throw new RunOptionError(
    'runId',
    runId,
    'must be a text that is not empty. Leave it out to get one made.',
  );
}

function unknownEvent(workflow: string, name: string, events: ReadonlySet<string>): string {
  if (events.size === 0)
    return `Workflow "${workflow}" has no waitFor, so nothing takes event "${name}".`;
  return (
    `Workflow "${workflow}" waits for no event "${name}", only for ` +
    `${[...events].join(', ')}.${didYouMean(name, events)}`
  );
}
