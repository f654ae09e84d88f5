/**
 * Runs over many processes, seen from one of them: it starts runs, and works on those of all.
 *
 * Invariant: a run is in the store before it is in a queue, so nothing is lost between the two; what is
 * in the store and in no queue is found by the sweep.
 * Read next: team.ts (what a process does that works), distributed-run.ts.
 * @module
 */
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import type { Carrier, ResumeOptions, StoreSignalOptions, Workflow } from '@runafter/core';
import { callerOf, submitRun, WorkflowUnknownError } from '@runafter/core/remote';
import type { Queue } from 'bullmq';
import { Announcements } from './announcements.ts';
import { DistributionClosedError, DistributionOptionError } from './bullmq-errors.ts';
import { DistributedRun, type RunAccess } from './distributed-run.ts';
import { EndedRuns } from './ended-runs.ts';
import { checkPriority, checkWork } from './option-rules.ts';
import type { AnyWorkflow, DistributeOptions, WorkOptions } from './options.ts';
import { type ParkedRun, parkedRuns, releaseRun } from './parked-runs.ts';
import { QueuePlan } from './queue-plan.ts';
import { Queues } from './queues.ts';
import { Shutdown } from './shutdown.ts';
import { runJob } from './sweep.ts';
import { Team } from './team.ts';

export interface StartRunOptions {
  /** The identity of the run: started again with the same input it is the same run. Default: a random UUID. */
  readonly runId?: string;
  /** BullMQ's priority of the run and its actions, from 1, the highest, to 2,097,152. Default: none, which goes first. */
  readonly priority?: number;
}

export interface CloseOptions {
  /** How long actions may go on before they are handed back. Default '20s'. */
  readonly drain?: Duration;
}

/** See {@link distribute}. */
export class Distribution implements AsyncDisposable {
  readonly #workflows: readonly AnyWorkflow[];
  readonly #options: DistributeOptions;
  readonly #prefix: string;
  readonly #clock: Clock;
  readonly #plan: QueuePlan;
  readonly #queues: Queues;
  readonly #announcements: Announcements;
  readonly #ended: EndedRuns;
  readonly #onFault: (error: Error) => void;
  /** Both in milliseconds. */
  readonly #lease: number;
  readonly #sweep: number;
  #team: Team | undefined;
  #shutdown: Shutdown | undefined;
  #closing: Promise<void> | undefined;

  /** @internal Use {@link distribute}. */
  constructor(workflows: readonly AnyWorkflow[], options: DistributeOptions) {
    const { clock = systemClock, lease = '15s', prefix = 'runafter:queue', queues = {} } = options;
    const { sweep = '30s' } = options;
    const onFault = neverThrowing(options.onFault ?? warn);
    this.#workflows = workflows;
    this.#options = options;
    this.#prefix = prefix;
    this.#clock = clock;
    this.#lease = parseDuration(lease, 'lease');
    if (this.#lease < shortestLease) {
      throw new DistributionOptionError(
        'lease',
        'is shorter than a second, which any pause outlasts.',
      );
    }
    this.#sweep = parseDuration(sweep, 'sweep');
    if (this.#sweep < shortestSweep) {
      throw new DistributionOptionError('sweep', 'is shorter than a tenth of a second.');
    }
    this.#plan = new QueuePlan(workflows, queues);
    this.#onFault = onFault;
    this.#queues = new Queues(options, prefix, onFault);
    this.#announcements = new Announcements(options, prefix, onFault);
    this.#ended = new EndedRuns(options.store, this.#announcements, clock, onFault);
  }

  /**
   * BullMQ's queues of this distribution, for dashboards, metrics and events: those of its runs and of
   * their actions.
   */
  get queues(): readonly Queue[] {
    const { runQueues, commonQueues, named } = this.#plan;
    const own = [...named.keys()].flatMap((name) => this.#plan.queuesNamed(name));
    return [...runQueues, ...commonQueues, ...own].map((name) => this.#queues.get(name));
  }

  /**
   * Starts a run: once it is in the store, some process that works will schedule it.
   *
   * @param input - what every handler reads as `input`.
   * @throws {WorkflowUnknownError} `WORKFLOW_UNKNOWN`, as all of these as a rejection: it was not given to `distribute`.
   * @throws {DistributionOptionError} `DISTRIBUTION_OPTION_INVALID`: the priority.
   * @throws {RunInputDiffersError} `RUN_INPUT_DIFFERS`: there is a run of this id with another input.
   * @throws {NotStorableError} `VALUE_NOT_STORABLE`: the input.
   * @throws {CipherRequiredError} `CIPHER_REQUIRED`
   * @throws {DistributionClosedError} `DISTRIBUTION_CLOSED`
   */
  async start<In, T>(
    workflow: Workflow<In, T>,
    input: In,
    { runId = crypto.randomUUID(), priority }: StartRunOptions = {},
  ): Promise<DistributedRun<T>> {
    this.#checkOpen(`A run of "${workflow.name}" cannot be started`);
    const versioned = { workflow: workflow.name, version: workflow.definition.version };
    if (this.#plan.workflow(versioned) === undefined) {
      throw new WorkflowUnknownError(versioned.workflow, versioned.version);
    }
    checkPriority('priority', priority);
    const isListening = this.#ended.isListening;
    const isNew = await submitRun(workflow, input, { ...this.#durable, runId });
    if (isNew) this.#ended.forget(runId);
    await this.#queues.add(this.#plan.runQueue(versioned), [
      runJob({ runId, ...versioned, ...this.#caller() }, priority),
    ]);
    return new DistributedRun<T>(workflow, runId, this.#access, isListening && isNew);
  }

  /** A run that was started somewhere, to wait for it, signal or cancel it. Nothing is looked up yet. */
  run<In, T>(workflow: Workflow<In, T>, runId: string): DistributedRun<T> {
    return new DistributedRun<T>(workflow, runId, this.#access, false);
  }

  /**
   * Takes on work in this process, until `close()`: schedules runs, and calls handlers.
   *
   * @throws {DistributionOptionError} `DISTRIBUTION_OPTION_INVALID`, as all of these as a rejection: an option,
   *   or a second call.
   * @throws {DistributionClosedError} `DISTRIBUTION_CLOSED`, also when it is closed meanwhile.
   */
  async work(options: WorkOptions = {}): Promise<void> {
    this.#checkOpen('It cannot take on work');
    if (this.#team !== undefined) {
      throw new DistributionOptionError(
        'work()',
        'was called before. Once is enough for a process.',
      );
    }
    const { shutdownSignals = ['SIGTERM'], drain = '20s' } = options;
    parseDuration(drain, 'drain');
    checkWork(options, this.#plan);
    this.#team = new Team({
      ...{ plan: this.#plan, queues: this.#queues, announcements: this.#announcements },
      ...{ workflows: this.#workflows, options: this.#options, work: options },
      ...{ prefix: this.#prefix, lease: this.#lease, sweep: this.#sweep, clock: this.#clock },
      onFault: this.#onFault,
    });
    this.#shutdown = new Shutdown(shutdownSignals, () => this.close({ drain }), this.#onFault);
    await this.#team.start();
  }

  /**
   * The runs that wait for a person: they could not be resumed, such as those of a definition that has
   * changed, or no process here knows their workflow. Nothing of them is lost.
   */
  parked(): AsyncIterable<ParkedRun> {
    return parkedRuns(this.#options.store, this.#plan, this.#queues, this.#clock);
  }

  /**
   * Has a run tried again at once: a parked one, or one that would be tried later. False when there is
   * none of the kind.
   */
  async release(runId: string): Promise<boolean> {
    return await releaseRun(runId, this.#plan, this.#queues);
  }

  /**
   * Ends the work of this process: it takes on nothing new, hands the runs that it schedules to others, and
   * lets actions end, or hands them back when the time is up. Then everything that it has opened is
   * closed, but for the store. Called again, it waits for the same end.
   */
  close({ drain = '20s' }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(parseDuration(drain, 'drain'));
    return this.#closing;
  }

  async #close(drain: number): Promise<void> {
    this.#ended.close();
    try {
      await this.#team?.leave(drain);
      const clock = this.#clock;
      await Promise.all([this.#announcements.close(clock), this.#queues.close(clock)]);
    } finally {
      this.#shutdown?.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #caller(): { readonly caller?: Carrier } {
    const { telemetry } = this.#options;
    const caller = telemetry && callerOf(telemetry);
    return caller ? { caller } : {};
  }

  get #durable(): Pick<ResumeOptions, 'cipher' | 'valueLimit' | 'clock'> &
    Required<Pick<ResumeOptions, 'store'>> {
    const { store, cipher, valueLimit } = this.#options;
    return {
      ...{ store, clock: this.#clock },
      ...(cipher && { cipher }),
      ...(valueLimit !== undefined && { valueLimit }),
    };
  }

  get #access(): RunAccess {
    const signalOptions: StoreSignalOptions = this.#durable;
    return { ...this.#durable, signalOptions, ended: this.#ended };
  }

  #checkOpen(what: string): void {
    if (this.#closing !== undefined) throw new DistributionClosedError(what);
  }
}

/** Milliseconds. */
const shortestLease = 1_000;
const shortestSweep = 100;

/** What a listener throws must not stop what it is told of. */
function neverThrowing(onFault: (error: Error) => void): (error: Error) => void {
  return (error) => {
    try {
      onFault(error);
    } catch (thrown) {
      warn(thrown as Error);
    }
  };
}

function warn(error: Error): void {
  process.emitWarning(`A distribution goes on after a fault: ${error.message}`, {
    type: 'RunafterWarning',
    code: 'DISTRIBUTION_FAULT',
  });
}
