/**
 * What a process does that works: BullMQ's workers for runs and actions, the sweep, and the way out.
 *
 * Leaving is in an order: nothing new is taken; runs are given to others at once, for scheduling is not
 * interrupted work; actions may end, and are handed back when the time is up; then the workers close.
 * @module
 */
import { type Clock, parseDuration } from '@runafter/clock';
import type { ActionCall, ResumeOptions } from '@runafter/core';
import { actionCaller } from '@runafter/core/remote';
import { type Job, Worker, type WorkerOptions } from 'bullmq';
import { ActionJobs } from './action-jobs.ts';
import type { Announcements } from './announcements.ts';
import { DistributionOptionError } from './bullmq-errors.ts';
import type { AnyWorkflow, DistributeOptions, WorkOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { type Disposal, dispose } from './processing.ts';
import type { Delivering } from './queue-executor.ts';
import type { QueuePlan } from './queue-plan.ts';
import type { NewJob, Queues } from './queues.ts';
import { RunJobs } from './run-jobs.ts';
import { Slots } from './slots.ts';
import { sweepRuns } from './sweep.ts';

/** What a team is made of. */
export interface TeamParts {
  readonly workflows: readonly AnyWorkflow[];
  readonly plan: QueuePlan;
  readonly queues: Queues;
  readonly announcements: Announcements;
  readonly options: DistributeOptions;
  readonly prefix: string;
  readonly work: WorkOptions;
  /** Milliseconds. */
  readonly lease: number;
  readonly clock: Clock;
  readonly onFault: (error: Error) => void;
}

/** A job that looks through the store, in a queue of runs. */
const SWEEP = 'sweep';
const usualRuns = 100;
const usualActions = 20;
/** A run that ends its scheduler again and again is parked. */
const runStalls = 100;

export class Team {
  readonly #parts: TeamParts;
  readonly #runs: RunJobs;
  readonly #actions: ActionJobs;
  readonly #outstanding: Delivering['outstanding'] = new Map();
  readonly #runWorkers: Worker[] = [];
  readonly #actionWorkers: Worker[] = [];
  readonly #leaving = new AbortController();
  readonly #unsubscribe: () => void;
  #cancelResend: (() => void) | undefined;

  constructor(parts: TeamParts) {
    const { announcements, clock, onFault, options, plan, queues, work, workflows } = parts;
    const { actions = usualActions, eager = true } = work;
    this.#parts = parts;
    const caller = actionCaller(workflows, { ...callerOptions(options), clock });
    this.#actions = new ActionJobs(caller, onFault);
    const delivering: Delivering = {
      ...{ plan, queues, announcements, onFault },
      outbox: new Outbox(queues, clock),
      slots: eager && actions > 1 ? new Slots(actions - 1, (used) => this.#share(used)) : undefined,
      outstanding: this.#outstanding,
    };
    this.#runs = new RunJobs(delivering, options, resumeOptions(parts));
    this.#unsubscribe = announcements.subscribe((announcement) => {
      if (announcement.kind === 'stop') this.#actions.stop(announcement.jobId);
    });
  }

  /** @throws {DistributionOptionError} `DISTRIBUTION_OPTION_INVALID`, as a rejection. */
  async start(): Promise<void> {
    const { announcements, plan, work } = this.#parts;
    const { runs = usualRuns, actions = usualActions, queues = [...plan.named.keys()] } = work;
    if (runs > 0) for (const name of plan.runQueues) await this.#openRuns(name, runs);
    if (actions > 0) for (const name of plan.commonQueues) this.#openActions(name, actions);
    for (const name of queues) this.#openNamed(name);
    const workers = [...this.#runWorkers, ...this.#actionWorkers];
    await Promise.all([announcements.ready(), ...workers.map((worker) => worker.waitUntilReady())]);
    for (const worker of workers) worker.run().catch(this.#parts.onFault);
    this.#resendLater();
  }

  async #openRuns(name: string, concurrency: number): Promise<void> {
    const worker = this.#worker(name, (job) => this.#processRun(name, job), {
      concurrency,
      maxStalledCount: runStalls,
    });
    this.#runWorkers.push(worker);
    const every = parseDuration(this.#parts.options.sweep ?? '30s', 'sweep');
    const kept = { removeOnComplete: true, removeOnFail: true };
    await this.#parts.queues
      .get(name)
      .upsertJobScheduler(SWEEP, { every }, { name: SWEEP, data: {}, opts: kept });
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

  #openNamed(name: string): void {
    const { plan } = this.#parts;
    const options = plan.named.get(name);
    if (options === undefined) {
      const known = [...plan.named.keys()].join(', ') || 'none';
      throw new DistributionOptionError(
        'queues',
        `has "${name}", which is none. Known are: ${known}.`,
      );
    }
    const { concurrency = usualActions, rateLimit } = options;
    this.#openActions(name, concurrency, rateLimit && { limiter: rateLimit });
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

  async #processRun(queue: string, job: Job): Promise<Disposal> {
    if (job.name !== SWEEP || 'runId' in job.data) return await this.#runs.process(job);
    const { clock, options, plan, queues } = this.#parts;
    await sweepRuns({ store: options.store, plan, queues, clock }, queue, this.#leaving.signal);
    return 'done';
  }

  /** What this process calls of its own runs, it does not take out of the queue. */
  #share(used: number): void {
    const { actions = usualActions } = this.#parts.work;
    const common = new Set(this.#parts.plan.commonQueues);
    for (const worker of this.#actionWorkers) {
      if (common.has(worker.name)) worker.concurrency = actions - used;
    }
  }

  /** Puts jobs that a queue may have lost into it again; one that is there stays as it is. */
  #resendLater(): void {
    const { clock, options } = this.#parts;
    const every = parseDuration(options.sweep ?? '30s', 'sweep');
    this.#cancelResend = clock.setTimer(every, () => void this.#resend(), { ref: false });
  }

  async #resend(): Promise<void> {
    const byQueue = new Map<string, NewJob[]>();
    for (const { queue, job } of this.#outstanding.values()) {
      const jobs = byQueue.get(queue) ?? [];
      byQueue.set(queue, jobs);
      jobs.push(job);
    }
    for (const [queue, jobs] of byQueue) {
      await this.#parts.queues.add(queue, jobs).catch(this.#parts.onFault);
    }
    if (!this.#leaving.signal.aborted) this.#resendLater();
  }

  /** @param drain - milliseconds that actions may go on. */
  async leave(drain: number): Promise<void> {
    this.#leaving.abort();
    this.#cancelResend?.();
    const workers = [...this.#runWorkers, ...this.#actionWorkers];
    await Promise.all(workers.map((worker) => worker.pause(true)));
    await this.#runs.handBack();
    const over = new AbortController();
    const closed = Promise.all(workers.map((worker) => worker.close()));
    const isUp = this.#parts.clock
      .sleep(drain, { signal: over.signal })
      .then(() => this.#actions.handBack())
      .catch(() => undefined);
    await closed;
    over.abort();
    await isUp;
    this.#unsubscribe();
  }
}

function callerOptions(
  options: DistributeOptions,
): Pick<DistributeOptions, 'store' | 'cipher' | 'valueLimit' | 'limiter' | 'maxDeliveries'> {
  const { store, cipher, valueLimit, limiter, maxDeliveries } = options;
  return {
    store,
    ...(cipher && { cipher }),
    ...(valueLimit !== undefined && { valueLimit }),
    ...(limiter && { limiter }),
    ...(maxDeliveries !== undefined && { maxDeliveries }),
  };
}

function resumeOptions({ options, lease, clock }: TeamParts): Omit<ResumeOptions, 'executor'> {
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
