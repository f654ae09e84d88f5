/**
 * Jobs that are whole runs: the process that has one schedules its run, until it has ended.
 *
 * Invariant: whatever becomes of the job, the run's lease says who schedules it. Two processes that have
 * been given the same job do not work on the run both.
 * Read next: queue-executor.ts (where its actions go).
 * @module
 */
import {
  type Clock,
  isThrottled,
  isTransient,
  type Permit,
  retryAfterOf,
  untilAborted,
} from '@runafter/clock';
import {
  type Carrier,
  type ResumeOptions,
  type Run,
  type RunEnd,
  RunHeldError,
  type RunResult,
  RunUnknownError,
  resume,
} from '@runafter/core';
import { calledFrom, leavesRun } from '@runafter/core/remote';
import { toFault } from '@runafter/errors';
import type { Job } from 'bullmq';
import type { Announcements } from './announcements.ts';
import type { DistributeOptions } from './options.ts';
import { type Disposal, pauseAfter, pauseForOthers, shortPauseAfter } from './processing.ts';
import { type Delivering, QueueExecutor } from './queue-executor.ts';
import type { Versioned } from './queue-plan.ts';

/** What the job of a run carries. */
export interface RunJobData extends Versioned {
  readonly runId: string;
  /** Where it comes from, as telemetry says it; a run that the sweep has found comes from nowhere. */
  readonly caller?: Carrier;
}

/** What runs are resumed with. */
export interface RunJobOptions extends Omit<ResumeOptions, 'executor'> {
  readonly clock: Clock;
}

/** A run that a person has to look at, as its failed job tells it. */
class ParkedError extends Error {
  override readonly name = 'ParkedError';

  constructor(fault: unknown) {
    const { code, message } = toFault(fault);
    super(`${code}: ${message}`, { cause: fault });
  }
}

export class RunJobs {
  readonly #delivering: Delivering;
  readonly #options: DistributeOptions;
  readonly #resumeOptions: RunJobOptions;
  readonly #announcements: Announcements;
  readonly #most: number;
  #count = 0;
  /** The runs that this process schedules, with their executors. */
  readonly #held = new Map<Run<unknown>, QueueExecutor>();
  readonly #draining = new AbortController();

  /** @param most - how many runs this process may schedule at the same time. */
  constructor(
    delivering: Delivering,
    options: DistributeOptions,
    resumeOptions: RunJobOptions,
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
    if (workflow === undefined) return { after: pauseForOthers(job) };
    let permit: Permit | undefined;
    try {
      permit = await this.#options.gate?.enter({ signal: this.#draining.signal });
    } catch (error) {
      return this.#disposalAtGate(error, job);
    }
    this.#count += 1;
    try {
      const { runId } = job.data;
      const executor = new QueueExecutor(this.#delivering, job.data.workflow, job.opts.priority);
      const options = { ...this.#resumeOptions, ...this.#telemetry(job.data), executor };
      const run = await resume(workflow, runId, options);
      // The queue may deliver to this process what it has: then the run goes on with the executor that it has.
      if (!this.#held.has(run)) this.#held.set(run, executor);
      let result: RunResult<unknown>;
      try {
        if (this.#draining.signal.aborted) void run.suspend();
        result = await run.finished;
      } finally {
        this.#held.delete(run);
      }
      await this.#announcements.tell({ kind: 'ended', runId, end: endOf(result) });
      return 'done';
    } catch (error) {
      return this.#disposalAfter(error, job);
    } finally {
      permit?.release();
      this.#count -= 1;
    }
  }

  #telemetry({ caller }: RunJobData): Pick<ResumeOptions, 'telemetry'> {
    const { telemetry } = this.#options;
    if (telemetry === undefined || caller === undefined) return {};
    return { telemetry: calledFrom(telemetry, caller) };
  }

  /** A gate that is full is no fault: the run comes back. */
  #disposalAtGate(error: unknown, job: Job): Disposal {
    if (this.#draining.signal.aborted) return 'handBack';
    if (!isThrottled(error)) this.#delivering.onFault(error as Error);
    return { after: retryAfterOf(error, this.#resumeOptions.clock) ?? shortPauseAfter(job) };
  }

  #disposalAfter(error: unknown, job: Job<RunJobData>): Disposal {
    if (this.#draining.signal.aborted) return 'handBack';
    if (error instanceof RunUnknownError) return 'done';
    const { clock } = this.#resumeOptions;
    if (error instanceof RunHeldError) {
      const left = error.expiresAt.getTime() - clock.now();
      return { after: Math.max(100, Math.min(left, shortPauseAfter(job))) };
    }
    if (leavesRun(error)) return { after: shortPauseAfter(job) };
    const retryAfter = retryAfterOf(error, clock);
    if (retryAfter !== undefined) return { after: retryAfter };
    if (isTransient(error)) {
      this.#delivering.onFault(error as Error);
      return { after: pauseAfter(job) };
    }
    throw new ParkedError(error);
  }

  /**
   * Lets go of every run as it is, for other processes to go on with: at once, unless an action of it is
   * being called here, which may end before.
   *
   * @param isUp - aborts when the time for that is up.
   */
  async handBack(isUp: AbortSignal): Promise<void> {
    this.#draining.abort();
    const { clock } = this.#resumeOptions;
    await Promise.all(
      [...this.#held].map(async ([run, executor]) => {
        await untilAborted(isUp, executor.callsEnded()).catch(() => undefined);
        // Outcomes of calls that have ended are on their way into the journal.
        await clock.sleep(0);
        await run.suspend();
      }),
    );
  }
}

/** How a run ended, for those who wait for it elsewhere. */
function endOf(result: RunResult<unknown>): RunEnd {
  const { status, endTime } = result;
  const error = 'error' in result ? result.error : undefined;
  return {
    status,
    ...(error && { error: { code: error.code, message: error.message } }),
    endTime: endTime.getTime(),
  };
}
