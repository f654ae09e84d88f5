/**
 * Jobs that are whole runs: the process that has one schedules its run, until it has ended.
 *
 * Invariant: whatever becomes of the job, the run's lease says who schedules it. Two processes that have
 * been given the same job do not work on the run both.
 * Read next: queue-executor.ts (where its actions go).
 * @module
 */
import { isTransient, type Permit, retryAfterOf } from '@runafter/clock';
import {
  type ResumeOptions,
  type Run,
  RunHeldError,
  RunUnknownError,
  resume,
} from '@runafter/core';
import { leavesRun } from '@runafter/core/remote';
import { toFault } from '@runafter/errors';
import type { Job } from 'bullmq';
import type { Announcements } from './announcements.ts';
import type { DistributeOptions } from './options.ts';
import { type Disposal, pauseAfter } from './processing.ts';
import { type Delivering, QueueExecutor } from './queue-executor.ts';
import type { Versioned } from './queue-plan.ts';

/** What the job of a run carries. */
export interface RunJobData extends Versioned {
  readonly runId: string;
}

/** A run that a person has to look at, as its failed job tells it. */
export class ParkedError extends Error {
  override readonly name = 'ParkedError';

  constructor(fault: unknown) {
    const { code, message } = toFault(fault);
    super(`${code}: ${message}`, { cause: fault });
  }
}

export class RunJobs {
  readonly #delivering: Delivering;
  readonly #options: DistributeOptions;
  readonly #resumeOptions: Omit<ResumeOptions, 'executor'>;
  readonly #announcements: Announcements;
  readonly #most: number;
  #count = 0;
  readonly #held = new Set<Run<unknown>>();
  readonly #draining = new AbortController();

  /** @param most - how many runs this process may schedule at the same time. */
  constructor(
    delivering: Delivering,
    options: DistributeOptions,
    resumeOptions: Omit<ResumeOptions, 'executor'>,
    most: number,
  ) {
    this.#most = most;
    this.#delivering = delivering;
    this.#options = options;
    this.#resumeOptions = resumeOptions;
    this.#announcements = delivering.announcements;
  }

  /** Whether this process has more than half of the runs that it may have: then others are as busy. */
  get isBusy(): boolean {
    return this.#count > this.#most / 2;
  }

  /** Schedules a run to its end. @throws {ParkedError} a person has to look at it. */
  async process(job: Job<RunJobData>): Promise<Disposal> {
    if (this.#draining.signal.aborted) return 'handBack';
    const workflow = this.#delivering.plan.workflow(job.data);
    if (workflow === undefined) return { after: pauseAfter(job) };
    let permit: Permit | undefined;
    this.#count += 1;
    try {
      permit = await this.#options.gate?.enter({ signal: this.#draining.signal });
      const { runId } = job.data;
      const executor = new QueueExecutor(this.#delivering, job.data.workflow, job.opts.priority);
      const run = await resume(workflow, runId, { ...this.#resumeOptions, executor });
      this.#held.add(run);
      try {
        if (this.#draining.signal.aborted) void run.suspend();
        await run.finished;
      } finally {
        this.#held.delete(run);
      }
      await this.#announcements.tell({ kind: 'ended', runId });
      return 'done';
    } catch (error) {
      return this.#disposalAfter(error, job);
    } finally {
      permit?.release();
      this.#count -= 1;
    }
  }

  #disposalAfter(error: unknown, job: Job<RunJobData>): Disposal {
    if (this.#draining.signal.aborted) return 'handBack';
    if (error instanceof RunUnknownError) return 'done';
    const { clock } = this.#resumeOptions;
    if (error instanceof RunHeldError && clock !== undefined) {
      const left = error.expiresAt.getTime() - clock.now();
      return { after: Math.max(100, Math.min(left, pauseAfter(job))) };
    }
    if (leavesRun(error)) return { after: pauseAfter(job) };
    const retryAfter = clock && retryAfterOf(error, clock);
    if (retryAfter !== undefined) return { after: retryAfter };
    if (isTransient(error)) {
      this.#delivering.onFault(error as Error);
      return { after: pauseAfter(job) };
    }
    throw new ParkedError(error);
  }

  /** Lets go of every run as it is, for other processes to go on with. */
  async handBack(): Promise<void> {
    this.#draining.abort();
    await Promise.all([...this.#held].map((run) => run.suspend()));
  }
}
