/**
 * What a process does that works: BullMQ's workers for runs and actions, the sweep, and the way out.
 *
 * Leaving is in an order: nothing new is taken; runs are given to others at once, for scheduling is not
 * interrupted work, but for those of which an action is being called here; actions may end, and are handed
 * back when the time is up; then the workers close.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { ActionCall } from '@runafter/core';
import { actionCaller } from '@runafter/core/remote';
import { type Job, Worker, type WorkerOptions } from 'bullmq';
import { ActionJobs } from './action-jobs.ts';
import type { Announcements } from './announcements.ts';
import { DistributionClosedError } from './bullmq-errors.ts';
import { closeOrCut } from './closing.ts';
import type { ActionQueueOptions, AnyWorkflow, DistributeOptions, WorkOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { type Disposal, dispose } from './processing.ts';
import type { Delivering } from './queue-executor.ts';
import type { QueuePlan } from './queue-plan.ts';
import type { NewJob, Queues } from './queues.ts';
import { type RunJobOptions, RunJobs } from './run-jobs.ts';
import { Slots } from './slots.ts';
import { enqueueSweep, SWEEP, sweepRuns } from './sweep.ts';

/** What a team is made of. */
export interface TeamParts {
  readonly workflows: readonly AnyWorkflow[];
  readonly plan: QueuePlan;
  readonly queues: Queues;
  readonly announcements: Announcements;
  readonly options: DistributeOptions;
  readonly prefix: string;
  readonly work: WorkOptions;
  /** Both in milliseconds. */
  readonly lease: number;
  readonly sweep: number;
  readonly clock: Clock;
  readonly onFault: (error: Error) => void;
}

const usualRuns = 100;
const usualActions = 20;
/** A run that ends its scheduler again and again is parked. */
const runStalls = 100;

export class Team {
  readonly #parts: TeamParts;
  readonly #runs: RunJobs;
  readonly #actions: ActionJobs;
  readonly #outstanding: Delivering['outstanding'] = new Map();
  readonly #slots: Slots | undefined;
  readonly #runWorkers: Worker[] = [];
  readonly #actionWorkers: Worker[] = [];
  readonly #leaving = new AbortController();
  readonly #unsubscribe: () => void;
  #cancelLook: (() => void) | undefined;

  constructor(parts: TeamParts) {
    const { announcements, clock, onFault, options, plan, queues, work, workflows } = parts;
    const { actions = usualActions, eager = true, runs = usualRuns } = work;
    this.#parts = parts;
    const caller = actionCaller(workflows, { ...callerOptions(options), clock });
    this.#actions = new ActionJobs(caller, onFault);
    // One stays for what comes out of the queue.
    this.#slots =
      eager && actions > 1 ? new Slots(actions - 1, (used) => this.#share(used)) : undefined;
    const delivering: Delivering = {
      ...{ plan, queues, announcements, onFault },
      outbox: new Outbox(queues, clock, onFault),
      slots: this.#slots,
      isBusy: () => this.#runs.isBusy || this.#outstanding.size >= actions,
      outstanding: this.#outstanding,
    };
    this.#runs = new RunJobs(delivering, options, resumeOptions(parts), runs);
    this.#unsubscribe = announcements.subscribe((announcement) => {
      if (announcement.kind === 'stop') this.#actions.stop(announcement.jobId);
    });
  }

  /** @throws {DistributionClosedError} `DISTRIBUTION_CLOSED`, as a rejection: told to leave meanwhile. */
  async start(): Promise<void> {
    const { announcements, onFault, plan, work } = this.#parts;
    const { runs = usualRuns, actions = usualActions, queues = [...plan.named.keys()] } = work;
    if (runs > 0) {
      for (const name of plan.runQueues) this.#openRuns(name, runs);
      this.#openSweep();
    }
    if (actions > 0) for (const name of plan.commonQueues) this.#openActions(name, actions);
    for (const name of queues) {
      for (const queue of plan.queuesNamed(name)) this.#openNamed(queue, plan.named.get(name));
    }
    const workers = this.#workers;
    const ready = [...workers.map((worker) => worker.waitUntilReady()), ...this.#setBounds(queues)];
    try {
      await Promise.all([announcements.ready(), ...ready]);
    } catch (error) {
      if (!this.#leaving.signal.aborted) throw error;
    }
    if (this.#leaving.signal.aborted) {
      throw new DistributionClosedError('It does not take on work');
    }
    for (const worker of workers) worker.run().catch(onFault);
    await this.#lookAfterQueues(0);
  }

  get #workers(): readonly Worker[] {
    return [...this.#runWorkers, ...this.#actionWorkers];
  }

  #openRuns(name: string, concurrency: number): void {
    const process = (job: Job): Promise<Disposal> => this.#runs.process(job);
    this.#runWorkers.push(this.#worker(name, process, { concurrency, maxStalledCount: runStalls }));
  }

  #openSweep(): void {
    const { clock, onFault, options, plan, queues } = this.#parts;
    const sweeping = { store: options.store, plan, queues, clock };
    const process = async (): Promise<Disposal> => {
      await sweepRuns(sweeping, this.#leaving.signal).catch(onFault);
      return 'done';
    };
    this.#runWorkers.push(this.#worker(SWEEP, process, {}));
  }

  #openActions(name: string, concurrency: number, more: Partial<WorkerOptions> = {}): void {
    const process = (job: Job): Promise<Disposal> => this.#actions.process(job as Job<ActionCall>);
    const worker = this.#worker(name, process, {
      ...more,
      concurrency,
      // The store counts deliveries, and gives up what ends every process that it is given to.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
    });
    worker.on('lockRenewalFailed', (jobIds) => {
      for (const id of jobIds) this.#actions.lost(id);
    });
    this.#actionWorkers.push(worker);
  }

  #openNamed(
    name: string,
    { concurrency = usualActions, rateLimit }: Partial<ActionQueueOptions> = {},
  ): void {
    this.#openActions(name, concurrency, rateLimit && { limiter: rateLimit });
  }

  #setBounds(names: readonly string[]): Promise<unknown>[] {
    const { plan, queues } = this.#parts;
    return names.flatMap((name) => {
      const bound = plan.named.get(name)?.globalConcurrency;
      if (bound === undefined) return [];
      return plan.queuesNamed(name).map((queue) => queues.get(queue).setGlobalConcurrency(bound));
    });
  }

  #worker(
    name: string,
    process: (job: Job) => Promise<Disposal>,
    more: Partial<WorkerOptions>,
  ): Worker {
    const { clock, lease, onFault, options, prefix } = this.#parts;
    const worker = new Worker(
      name,
      async (job, token) => dispose(await process(job), job, token, clock),
      {
        ...options.bullmq?.worker,
        ...more,
        ...{ connection: options.connection, prefix, autorun: false },
        ...{ lockDuration: lease, stalledInterval: Math.ceil(lease / 2) },
      },
    );
    worker.on('error', onFault);
    return worker;
  }

  /** What this process calls of its own runs, it does not take out of the queue. */
  #share(used: number): void {
    const { actions = usualActions } = this.#parts.work;
    const common = new Set(this.#parts.plan.commonQueues);
    for (const worker of this.#actionWorkers) {
      if (common.has(worker.name)) worker.concurrency = actions - used;
    }
  }

  /** Now and from time to time: puts what queues may have lost into them again. Never rejects. */
  async #lookAfterQueues(delay: number): Promise<void> {
    const { clock, onFault, queues, sweep } = this.#parts;
    const schedules = this.#runWorkers.length > 0;
    const asked = schedules && enqueueSweep(queues.get(SWEEP), delay);
    await Promise.all([this.#resend(), asked]).catch(onFault);
    if (this.#leaving.signal.aborted) return;
    // Delayed, so that many processes that ask have one look in that time, and not each its own.
    const again = (): void => void this.#lookAfterQueues(sweep);
    this.#cancelLook = clock.setTimer(sweep, again, { ref: false });
  }

  /** A job that is in its queue stays as it is there. */
  async #resend(): Promise<void> {
    const byQueue = new Map<string, NewJob[]>();
    for (const { queue, job } of this.#outstanding.values()) {
      const jobs = byQueue.get(queue) ?? [];
      byQueue.set(queue, jobs);
      jobs.push(job);
    }
    for (const [queue, jobs] of byQueue) await this.#parts.queues.add(queue, jobs);
  }

  /** @param drain - milliseconds that actions may go on. */
  async leave(drain: number): Promise<void> {
    this.#leaving.abort();
    this.#cancelLook?.();
    this.#slots?.close();
    await Promise.all(this.#workers.map((worker) => worker.pause(true)));
    const isUp = new AbortController();
    const cancelDrain = this.#parts.clock.setTimer(drain, () => {
      isUp.abort();
      this.#actions.handBack();
    });
    await Promise.all([this.#runs.handBack(isUp.signal), this.#actions.settled()]);
    cancelDrain();
    await Promise.all(this.#workers.map((worker) => closeOrCut(worker, this.#parts.clock)));
    this.#unsubscribe();
  }
}

function callerOptions(
  options: DistributeOptions,
): Pick<
  DistributeOptions,
  'store' | 'cipher' | 'valueLimit' | 'limiter' | 'maxDeliveries' | 'telemetry'
> {
  const { store, cipher, valueLimit, limiter, maxDeliveries, telemetry } = options;
  return {
    store,
    ...(cipher && { cipher }),
    ...(valueLimit !== undefined && { valueLimit }),
    ...(limiter && { limiter }),
    ...(maxDeliveries !== undefined && { maxDeliveries }),
    ...(telemetry && { telemetry }),
  };
}

function resumeOptions({ options, lease, clock }: TeamParts): RunJobOptions {
  const { allowChanges, limiter, onEvent } = options;
  const { maxDeliveries: _, ...durable } = callerOptions(options);
  return {
    ...durable,
    ...{ lease, clock },
    ...(limiter && { limiter }),
    ...(onEvent && { onEvent }),
    ...(allowChanges !== undefined && { allowChanges }),
  };
}
