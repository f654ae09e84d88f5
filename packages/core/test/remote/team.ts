/**
 * Processes that share a store and a queue, inside the one that runs the tests: some schedule runs, some
 * call handlers. Calls go through the queue as JSON, so nothing but data gets from one to the other.
 * @module
 */
import { type Clock, type VirtualClock, virtualClock } from '@runafter/clock';
import {
  type ActionCall,
  type Executor,
  memoryRunStore,
  type ResumeOptions,
  type Run,
  type RunStore,
  resume,
  type StartOptions,
  start,
  type Workflow,
} from '@runafter/core';
import {
  type ActionCaller,
  type ActionCallerOptions,
  actionCaller,
  type CallOutcome,
} from '@runafter/core/remote';

/** The id of every run. */
export const runId = 'r';

/** Handlers that wait are made for the clock of their team. */
export type Definition<In, T> = Workflow<In, T> | ((clock: Clock) => Workflow<In, T>);

export interface TeamOptions extends Omit<ActionCallerOptions, 'store' | 'clock'> {
  readonly store?: RunStore;
  readonly clock?: VirtualClock;
  /** Calls stay in the queue until somebody delivers them. Default false: they are delivered at once. */
  readonly isHeld?: boolean;
}

export class Team<In, T> {
  readonly clock: VirtualClock;
  readonly store: RunStore;
  /** What is in the queue, and what was taken out of it. */
  readonly jobs: Job[] = [];
  readonly caller: ActionCaller;
  readonly workflow: Workflow<In, T>;
  readonly #options: TeamOptions;
  isHeld: boolean;

  constructor(definition: Definition<In, T>, options: TeamOptions = {}) {
    const { isHeld = false, clock = virtualClock(), store } = options;
    this.clock = clock;
    this.store = store ?? memoryRunStore({ clock, retention: Number.POSITIVE_INFINITY });
    this.isHeld = isHeld;
    this.workflow = typeof definition === 'function' ? definition(clock) : definition;
    this.#options = options;
    this.caller = this.hire();
  }

  /** One more process that calls handlers. */
  hire(more: Partial<ActionCallerOptions> = {}): ActionCaller {
    const { cipher, valueLimit, limiter, maxDeliveries, grace } = this.#options;
    return actionCaller([this.workflow], {
      ...{ store: this.store, clock: this.clock },
      ...(cipher && { cipher }),
      ...(limiter && { limiter }),
      ...(valueLimit !== undefined && { valueLimit }),
      ...(maxDeliveries !== undefined && { maxDeliveries }),
      ...(grace !== undefined && { grace }),
      ...more,
    });
  }

  start(input: In, more: StartOptions = {}): Run<T> {
    return start(this.workflow, input, { ...this.#runOptions(), runId, ...more });
  }

  /** Another process goes on with the run. */
  resume(more: ResumeOptions = {}): Promise<Run<T>> {
    return resume(this.workflow, runId, { ...this.#runOptions(), ...more });
  }

  /** Everything that can happen now, happens. */
  async settle(): Promise<void> {
    await this.clock.advance(0);
  }

  /** The one job that nobody has. */
  get waiting(): Job {
    const [only, ...others] = this.jobs.filter(({ isWaiting }) => isWaiting);
    if (only === undefined || others.length > 0) {
      throw new Error(`${others.length + Number(only !== undefined)} jobs wait, not one.`);
    }
    return only;
  }

  #runOptions(): StartOptions {
    const { cipher, valueLimit } = this.#options;
    return {
      ...{ store: this.store, clock: this.clock, executor: this.#executor() },
      // So long that it is never renewed.
      lease: '365d',
      ...(cipher && { cipher }),
      ...(valueLimit !== undefined && { valueLimit }),
    };
  }

  #executor(): Executor {
    return {
      isRemote: true,
      dispatch: (task) => {
        void task.runElsewhere((call, over) => this.#send(call, task.signal, over));
      },
    };
  }

  async #send(call: ActionCall, stop: AbortSignal, over: AbortSignal): Promise<void> {
    const job = new Job(JSON.stringify(call), this.caller);
    this.jobs.push(job);
    if (!this.isHeld) void job.deliver();
    await aborted(stop, over);
    if (over.aborted) return;
    if (job.isWaiting) {
      job.isWaiting = false;
      throw stop.reason;
    }
    job.stop.abort(stop.reason);
  }
}

/** A call in the queue. */
export class Job {
  /** Nobody has it. */
  isWaiting = true;
  readonly text: string;
  readonly stop = new AbortController();
  readonly handBack = new AbortController();
  readonly #caller: ActionCaller;

  constructor(text: string, caller: ActionCaller) {
    this.text = text;
    this.#caller = caller;
  }

  get call(): ActionCall {
    return JSON.parse(this.text) as ActionCall;
  }

  /** Gives it to a process; again, where one has it already. */
  deliver(caller: ActionCaller = this.#caller): Promise<CallOutcome> {
    this.isWaiting = false;
    const { stop, handBack } = this;
    return caller.call(this.call, { stop: stop.signal, handBack: handBack.signal });
  }
}

async function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some((signal) => signal.aborted)) return;
  await new Promise<void>((resolve) => {
    for (const signal of signals) {
      signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
}
