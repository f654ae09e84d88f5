/**
 * A run from the outside: let in by its gate, opened in its store, begun, and ended.
 *
 * Invariant: `finished` settles once, after everything that the run holds (a permit, a lease, timers)
 * was given back.
 * Read next: start.ts and resume.ts, which make it; engine/run-engine.ts (what happens in it).
 * @module
 */
import { type Duration, type Permit, parseDuration, systemClock } from '@runafter/clock';
import { type RunafterError, toFault } from '@runafter/errors';
import type { WorkflowDefinition } from './definition/definition.ts';
import type { EventType } from './definition/event-type.ts';
import { boundOf, limiterList } from './definition/rules/limiter-order.ts';
import { leavesRun, RunSuspendedError, RunUnknownError } from './durable/durable-errors.ts';
import {
  checkSameDefinition,
  type OpenedRun,
  openRun,
  type Preparation,
} from './durable/open-run.ts';
import { pruneRuns } from './durable/prune-runs.ts';
import { signal } from './durable/signal.ts';
import { EventHub, type RunEvents } from './engine/events.ts';
import { CANCEL } from './engine/handlers/report.ts';
import { Mailbox, type SignalOutcome } from './engine/mailbox.ts';
import type { ActionRecord } from './engine/records/action-record.ts';
import type { Usage } from './engine/records/digest.ts';
import { type Explanation, explainRun } from './engine/records/explain.ts';
import { findRecord } from './engine/records/find-record.ts';
import { FinishedRun, type RunResult } from './engine/records/run-result.ts';
import { RunEngine, type RunServices } from './engine/run-engine.ts';
import { RunTelemetry } from './engine/run-telemetry.ts';
import { cancelled, refused } from './engine/stop.ts';
import { tellRunEnd, tellRunLeft } from './engine/tell.ts';
import { inProcess } from './ports/executor.ts';
import type { RunEnd, RunStore, StoredRun } from './ports/run-store.ts';
import type { Run, SignalOptions } from './run.ts';
import { RunOptionError, SignalError } from './run-errors.ts';
import { checkSignal } from './signal-rules.ts';
import type { StartOptions } from './start-options.ts';
import { RUNNING, type Status, SUCCEEDED, statusBits, statusName } from './status.ts';

/** What a durable run begins with. */
export interface DurableBeginning {
  /** The input as it is stored. */
  readonly storedInput: string;
  /** Of a run that is in the store already. */
  readonly keyRoot?: string;
  /** The run as it was read from its store. */
  readonly known?: StoredRun;
  /** The run must be in the store already. Default false: it is created where it is not. */
  readonly mustExist?: boolean;
  /** What is done between the lease and the beginning. */
  readonly prepare?: Preparation;
  /** The run whose outcomes it takes over. */
  readonly copyOf?: string;
  /** Milliseconds to wait for whoever holds the run. Default: until it has ended. */
  readonly wait?: number;
}

export class StartedRun<T> implements Run<T> {
  readonly finished: Promise<RunResult<T>>;
  readonly #definition: WorkflowDefinition;
  readonly #engine: RunEngine;
  readonly #options: StartOptions;
  readonly #timeout: number | undefined;
  readonly #beginning: DurableBeginning | undefined;
  #permit: Permit | undefined;
  #opened: OpenedRun | undefined;
  /** Why this process works on the run no more, though it has not ended. */
  #left: RunafterError | undefined;
  /** Aborting it leaves a waiting room: the gate's, or that of whoever holds the run. */
  readonly #waiting: AbortController | undefined;
  readonly #forgetSignals: (() => void)[] = [];
  /**
   * Resolves when the run has begun in this process: let in, and held. Rejects when it cannot begin, as
   * `finished` does. Undefined where nothing stands before its beginning.
   */
  readonly begun: Promise<void> | undefined;
  #resolve!: (result: RunResult<T>) => void;
  #reject!: (error: unknown) => void;

  constructor(
    definition: WorkflowDefinition,
    input: unknown,
    options: StartOptions,
    beginning?: DurableBeginning,
  ) {
    const { runId, store } = options;
    this.#definition = definition;
    this.#options = options;
    this.#beginning = beginning;
    this.#timeout = durationOr(options.timeout, definition.timeout);
    this.finished = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { keyRoot } = beginning ?? {};
    const identity = { id: runId, ...(keyRoot !== undefined && { keyRoot }) };
    const services = servicesOf(definition, options);
    this.#engine = new RunEngine(definition, input, identity, services, (fault) => {
      this.#ended(fault);
    });
    const isLetIn = options.gate === undefined && store === undefined;
    this.#waiting = isLetIn ? undefined : new AbortController();
    this.#follow(options);
    if (this.#waiting === undefined) queueMicrotask(() => this.#begin(this.#timeout));
    else {
      this.begun = this.#enter(this.#waiting.signal);
      // Whoever waits for it hears of it; so does `finished`.
      this.begun.catch(() => undefined);
    }
  }

  /** The run whose outcomes it takes over; undefined for all others. */
  get copyOf(): string | undefined {
    return this.#beginning?.copyOf;
  }

  /** This process holds the run, or has read how it ended. */
  get hasBegun(): boolean {
    return this.#opened !== undefined;
  }

  /** The input as it is stored; undefined for a run without a store. */
  get storedInput(): string | undefined {
    return this.#beginning?.storedInput;
  }

  /**
   * The same run, for one more who started or resumed it.
   *
   * @throws {DefinitionChangedError} `DEFINITION_CHANGED`
   */
  join(definition: WorkflowDefinition, options: StartOptions): this {
    checkSameDefinition(this.id, this.#definition, definition);
    this.#follow(options);
    return this;
  }

  /** Tells one more listener, and lets one more signal cancel the run. */
  #follow({ onEvent, signal }: StartOptions): void {
    if (onEvent !== undefined) this.events.subscribe(onEvent);
    if (signal === undefined) return;
    const onAbort = (): void => this.#cancel(toFault(signal.reason).message, signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#forgetSignals.push(() => signal.removeEventListener('abort', onAbort));
    if (signal.aborted) onAbort();
  }

  #cancel(why: string, cause: unknown): void {
    // What is only read has ended already.
    if (this.#opened !== undefined && this.#opened.held === undefined) return;
    const stop = cancelled('RUN_CANCELLED', `The run was cancelled: ${why}`, cause);
    this.#engine.halt(stop);
    this.#waiting?.abort(cause ?? stop.reason);
  }

  /** @param waiting - aborts when nobody waits for the beginning any more. */
  async #enter(waiting: AbortSignal): Promise<void> {
    const { gate, store } = this.#options;
    try {
      this.#permit = await gate?.enter({ signal: waiting });
    } catch (thrown) {
      // What is in the store stays as it is.
      if (this.#beginning?.mustExist) {
        this.#engine.fault(thrown);
        throw thrown;
      }
      const { code, message } = toFault(thrown);
      this.#observe();
      this.#engine.refuse(refused(code, `The gate did not let the run in: ${message}`, thrown));
      return;
    }
    if (this.#isOver) {
      this.#leaveGate();
      return;
    }
    try {
      if (store !== undefined) await this.#open(store, waiting);
      const hasEnded = this.#opened?.run.end !== undefined;
      // An order to stop comes too late for it.
      if (hasEnded) this.#engine.root.stop = undefined;
      if (hasEnded) this.#engine.begin(undefined);
      else this.#begin(this.#timeout);
    } catch (error) {
      this.#engine.fault(error);
      throw error;
    }
  }

  #begin(timeout: number | undefined): void {
    this.#observe();
    this.#engine.begin(timeout);
  }

  /** What only is read is watched by nobody, and neither is what is over before it has begun. */
  #observe(): void {
    if (!this.#isOver) this.#engine.services.telemetry?.begin(this.#engine);
  }

  async #open(store: RunStore, signal: AbortSignal): Promise<void> {
    const engine = this.#engine;
    const beginning: Partial<DurableBeginning> = this.#beginning ?? {};
    const {
      storedInput = '',
      known,
      mustExist = false,
      wait = Infinity,
      prepare,
      copyOf,
    } = beginning;
    this.#opened = await openRun({
      engine,
      store,
      options: this.#options,
      input: storedInput,
      keyRoot: engine.keyRoot,
      mustExist,
      known,
      wait,
      prepare,
      copyOf,
      signal,
      fault: (error) => engine.fault(error),
    });
    engine.keepIn(this.#opened.journal, this.#opened.run.keyRoot);
    engine.services.mailbox.take(CANCEL, undefined, ({ payload }) => {
      this.#cancel(String(payload), undefined);
    });
    // Lost or suspended while it was being opened, it is not begun.
    if (this.#isOver) await this.#opened.held?.release();
    pruneRuns(store, engine.clock);
  }

  #ended(fault: { error: unknown } | undefined): void {
    for (const forget of this.#forgetSignals) forget();
    const { run, held } = this.#opened ?? {};
    if (run?.end !== undefined && fault === undefined) {
      this.#engine.restore(statusBits(run.end.status), run.startTime, run.end.endTime);
    }
    if (fault !== undefined && leavesRun(fault.error)) {
      this.#left = fault.error;
      const { code, message } = fault.error;
      tellRunLeft(this.#engine, { code, message });
    } else tellRunEnd(this.#engine);
    if (fault !== undefined) void this.#fault(fault.error);
    else if (held === undefined) this.#finish();
    else {
      held.end(this.#end()).then(
        () => this.#finish(),
        (error: unknown) => this.#fault(error),
      );
    }
  }

  /** Lets the next run in: this one has ended, or nothing of it is at work in this process any more. */
  #leaveGate(): void {
    this.#permit?.release();
    this.#permit = undefined;
  }

  #finish(): void {
    this.#leaveGate();
    this.#resolve(new FinishedRun(this.#engine) as unknown as RunResult<T>);
  }

  async #fault(error: unknown): Promise<void> {
    // Whoever never looks at `finished` still gets no unhandled rejection.
    this.finished.catch(() => undefined);
    if (error instanceof RunSuspendedError) await this.#quiet();
    this.#leaveGate();
    await this.#opened?.held?.release();
    this.#reject(error);
  }

  /**
   * Whoever resumes the run must not find a handler of this process still at work, and a write that comes
   * after the lease was given back is refused.
   */
  async #quiet(): Promise<void> {
    const { clock, services } = this.#engine;
    const { journal } = this.#opened ?? {};
    if (journal === undefined) return;
    const done = new AbortController();
    const quiet = journal.quiet().then(() => journal.sent());
    // Neither waits for good: a handler is given up, and a store may not answer any more.
    const patience = clock.sleep(services.grace, { signal: done.signal }).catch(() => undefined);
    await Promise.race([quiet, patience]);
    done.abort();
  }

  /** How the run ended, for its store. */
  #end(): RunEnd {
    const { bits, ended, epoch, root } = this.#engine;
    const error = bits === SUCCEEDED ? undefined : root.error();
    return {
      status: statusName(bits) as Status,
      ...(error && { error: { code: error.code, message: error.message } }),
      endTime: epoch + ended,
    };
  }

  get id(): string {
    return this.#engine.id;
  }

  get workflow(): string {
    return this.#definition.name;
  }

  /** For snapshots of the run. */
  get engine(): RunEngine {
    return this.#engine;
  }

  get definition(): WorkflowDefinition {
    return this.#definition;
  }

  get status(): Status | undefined {
    return this.#left === undefined ? statusName(this.#engine.bits) : undefined;
  }

  get #isOver(): boolean {
    return this.#engine.bits !== RUNNING;
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

  async suspend(): Promise<void> {
    if (this.#options.store === undefined) {
      throw new RunOptionError(
        'store',
        undefined,
        'is missing, so nothing of the run would be left.',
      );
    }
    const error = new RunSuspendedError(this.id);
    this.#waiting?.abort(error);
    this.#engine.fault(error);
    await this.finished.catch(() => undefined);
  }

  async signal<P>(
    event: string | EventType<P>,
    payload: P,
    options: SignalOptions = {},
  ): Promise<SignalOutcome> {
    const name = typeof event === 'string' ? event : event.name;
    checkSignal(this.id, this.workflow, this.#definition.events, name, options);
    const { store } = this.#options;
    // Another process may hold the run for as long as it takes.
    if (store !== undefined && !this.hasBegun) {
      const sent = await this.#signalInStore(store, name, payload, options);
      if (sent !== undefined) return sent;
    }
    await this.begun;
    if (this.#left !== undefined) throw this.#left;
    if (this.status !== undefined) {
      const problem = `Run "${this.id}" has ended ${this.status}, so nothing waits for event "${name}".`;
      throw new SignalError('RUN_ENDED', this.id, name, problem);
    }
    const { journal, services } = this.#engine;
    const { correlate, id } = options;
    if (journal !== undefined) return journal.signal(name, correlate, payload, id);
    return services.mailbox.put(name, correlate, { payload }, id);
  }

  /** Undefined where the run is not in its store yet. */
  async #signalInStore(
    store: RunStore,
    event: string,
    payload: unknown,
    options: SignalOptions,
  ): Promise<SignalOutcome | undefined> {
    const { cipher, clock, valueLimit } = this.#options;
    const others = {
      ...(cipher && { cipher }),
      ...(clock && { clock }),
      ...(valueLimit !== undefined && { valueLimit }),
    };
    try {
      return await signal(store, this.id, event, payload, { ...options, ...others });
    } catch (error) {
      if (error instanceof RunUnknownError) return undefined;
      throw error;
    }
  }

  why(): Explanation {
    if (this.#left !== undefined) {
      return { status: undefined, text: this.#left.message, chain: [] };
    }
    return explainRun(this.#engine);
  }

  usage(): Usage {
    return this.#engine.digest().usage();
  }
}

function servicesOf(definition: WorkflowDefinition, options: StartOptions): RunServices {
  const { clock = systemClock, random = Math.random, limiter, executor } = options;
  const max = options.maxConcurrentActions ?? definition.maxConcurrentActions ?? Infinity;
  return {
    clock,
    random,
    executor: executor === inProcess ? undefined : executor,
    limiters: limiterList(limiter),
    bounds: boundOf(max),
    grace: durationOr(options.grace, definition.grace) ?? 0,
    events: new EventHub(),
    mailbox: new Mailbox(),
    telemetry: telemetryOf(options),
  };
}

function telemetryOf({ telemetry }: StartOptions): RunTelemetry | undefined {
  // Runs of a few actions are over in two microseconds: those that nobody watches make no array.
  if (telemetry === undefined) return undefined;
  const telemetries = [telemetry].flat();
  return telemetries.length === 0 ? undefined : new RunTelemetry(telemetries);
}

function durationOr(
  duration: Duration | undefined,
  otherwise: number | undefined,
): number | undefined {
  return duration === undefined ? otherwise : parseDuration(duration);
}
