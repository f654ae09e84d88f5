/**
 * `start()`: begins a run of a workflow.
 *
 * A run begins in a microtask of its own, so whoever started it can subscribe to its events first and
 * miss none.
 * Read next: start-options.ts, run.ts (what comes back), engine/run-engine.ts (what happens).
 * @module
 */
import { type Duration, type Permit, parseDuration, systemClock } from '@runafter/clock';
import { toFault } from '@runafter/errors';
import type { WorkflowDefinition } from './definition/definition.ts';
import type { EventType } from './definition/event-type.ts';
import { didYouMean } from './definition/rules/did-you-mean.ts';
import { boundOf, limiterList } from './definition/rules/limiter-order.ts';
import { showValue } from './definition/rules/show-value.ts';
import type { Workflow } from './definition/workflow.ts';
import { isWorkflow } from './definition/workflow-brand.ts';
import { EventHub, type RunEvents } from './engine/events.ts';
import { Mailbox, type SignalOutcome } from './engine/mailbox.ts';
import type { ActionRecord } from './engine/records/action-record.ts';
import type { Usage } from './engine/records/digest.ts';
import { type Explanation, explainRun } from './engine/records/explain.ts';
import { findRecord } from './engine/records/find-record.ts';
import { FinishedRun, type RunResult } from './engine/records/run-result.ts';
import { createInStore, endInStore } from './engine/records/stored-run.ts';
import { RunEngine, type RunServices } from './engine/run-engine.ts';
import { cancelled, refused } from './engine/stop.ts';
import { tellRunEnd } from './engine/tell.ts';
import { inProcess } from './ports/executor.ts';
import type { Run, SignalOptions } from './run.ts';
import { RunOptionError, SignalError } from './run-errors.ts';
import { checkStartOptions, type StartOptions } from './start-options.ts';
import { type Status, statusName } from './status.ts';

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
  /** Aborting it leaves the gate's waiting room; undefined when it does not wait there. */
  #waiting: AbortController | undefined;
  #forgetSignal: (() => void) | undefined;
  #resolve!: (result: RunResult<T>) => void;
  #reject!: (error: unknown) => void;

  constructor(definition: WorkflowDefinition, input: unknown, options: StartOptions) {
    checkStartOptions(options);
    const { runId, onEvent, signal } = options;
    this.#definition = definition;
    this.#options = options;
    this.#timeout = durationOr(options.timeout, definition.timeout);
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const services = servicesOf(definition, options);
    this.#engine = new RunEngine(definition, input, { id: runId }, services, (fault) => {
      this.#ended(fault);
    });
    if (onEvent !== undefined) this.events.subscribe(onEvent);
    if (signal !== undefined) this.#cancelWith(signal);
    if (options.gate === undefined && options.store === undefined) {
      queueMicrotask(() => this.#engine.begin(this.#timeout));
    } else void this.#enter();
  }

  #cancelWith(signal: AbortSignal): void {
    const onAbort = (): void => this.#cancel(toFault(signal.reason).message, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#forgetSignal = () => signal.removeEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
  }

  #cancel(why: string, cause: unknown): void {
    const stop = cancelled('RUN_CANCELLED', `The run was cancelled: ${why}`, cause);
    this.#engine.halt(stop);
    this.#waiting?.abort(cause ?? stop.reason);
  }

  async #enter(): Promise<void> {
    try {
      this.#permit = await this.#letIn();
    } catch (thrown) {
      const { code, message } = toFault(thrown);
      this.#engine.refuse(refused(code, `The gate did not let the run in: ${message}`, thrown));
      return;
    }
    try {
      await createInStore(this.#engine);
      this.#engine.begin(this.#timeout);
    } catch (error) {
      this.#engine.fault(error);
    }
  }

  async #letIn(): Promise<Permit | undefined> {
    const { gate, signal } = this.#options;
    if (gate === undefined) return undefined;
    this.#waiting = new AbortController();
    if (signal?.aborted) this.#waiting.abort(signal.reason);
    try {
      return await gate.enter({ signal: this.#waiting.signal });
    } finally {
      this.#waiting = undefined;
    }
  }

  #ended(fault: { error: unknown } | undefined): void {
    this.#forgetSignal?.();
    this.#permit?.release();
    tellRunEnd(this.#engine);
    if (fault !== undefined) {
      this.#fault(fault.error);
      return;
    }
    const result = new FinishedRun(this.#engine) as unknown as RunResult<T>;
    if (this.#engine.store === undefined) this.#resolve(result);
    else {
      endInStore(this.#engine).then(
        () => this.#resolve(result),
        (error: unknown) => this.#fault(error),
      );
    }
  }

  #fault(error: unknown): void {
    // Whoever never looks at `finished` still gets no unhandled rejection.
    this.finished.catch(() => undefined);
    this.#reject(error);
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
    this.#cancel(reason, undefined);
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
    if (options.correlate !== undefined && typeof options.correlate !== 'string') {
      const problem = `correlate of event "${name}" is ${showValue(options.correlate)}. Pass a text.`;
      throw new SignalError('CORRELATE_INVALID', this.id, name, problem);
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
  return {
    clock,
    random,
    store,
    executor: executor === inProcess ? undefined : executor,
    limiters: limiterList(limiter),
    bounds: boundOf(max),
    grace: durationOr(options.grace, definition.grace) ?? 0,
    events: new EventHub(),
    mailbox: new Mailbox(),
  };
}

function durationOr(
  duration: Duration | undefined,
  otherwise: number | undefined,
): number | undefined {
  return duration === undefined ? otherwise : parseDuration(duration);
}

function unknownEvent(workflow: string, name: string, events: ReadonlySet<string>): string {
  if (events.size === 0)
    return `Workflow "${workflow}" has no waitFor, so nothing takes event "${name}".`;
  return (
    `Workflow "${workflow}" waits for no event "${name}", only for ` +
    `${[...events].join(', ')}.${didYouMean(name, events)}`
  );
}
