/**
 * Jobs that are attempts of actions, for runs that any process schedules.
 *
 * Invariant: this process calls a handler once at a time for an attempt, also when a queue that has lost
 * the job delivers it again.
 * @module
 */
import type { ActionCall } from '@runafter/core';
import type { ActionCaller } from '@runafter/core/remote';
import type { Job } from 'bullmq';
import { type Disposal, pauseAfter, pauseForOthers } from './processing.ts';

/** An attempt in the hands of this process. */
interface ActiveJob {
  readonly stop: AbortController;
  readonly handBack: AbortController;
  readonly disposal: Promise<Disposal>;
}

export class ActionJobs {
  readonly #caller: ActionCaller;
  readonly #onFault: (error: Error) => void;
  /** By the ids of their jobs. */
  readonly #active = new Map<string, ActiveJob>();
  #isLeaving = false;

  constructor(caller: ActionCaller, onFault: (error: Error) => void) {
    this.#caller = caller;
    this.#onFault = onFault;
  }

  async process(job: Job<ActionCall>): Promise<Disposal> {
    const id = String(job.id);
    const known = this.#active.get(id);
    if (known !== undefined) return await known.disposal;
    if (this.#isLeaving) return 'handBack';
    if (!this.#caller.knows(job.data)) return { after: pauseForOthers(job) };
    const stop = new AbortController();
    const handBack = new AbortController();
    const disposal = this.#call(job, {
      ...{ stop: stop.signal, handBack: handBack.signal },
      // Not how often it was delivered: a process that is told to end gives its work back.
      losses: job.stalledCounter,
      from: { system: 'bullmq', destination: job.queueName },
    });
    this.#active.set(id, { stop, handBack, disposal });
    try {
      return await disposal;
    } finally {
      this.#active.delete(id);
    }
  }

  /** Never rejects. */
  async #call(
    job: Job<ActionCall>,
    interruptions: Parameters<ActionCaller['call']>[1],
  ): Promise<Disposal> {
    try {
      const outcome = await this.#caller.call(job.data, interruptions);
      return outcome === 'handedBack' ? 'handBack' : 'done';
    } catch (error) {
      this.#onFault(error as Error);
      return { after: pauseAfter(job) };
    }
  }

  /** Resolves when this process has none. */
  async settled(): Promise<void> {
    this.#isLeaving = true;
    while (this.#active.size > 0) {
      await Promise.all([...this.#active.values()].map(({ disposal }) => disposal));
      // Whoever waits for it as well takes it off the list first.
      await Promise.resolve();
    }
  }

  /** Tells the handler of a job to stop, if this process has it. */
  stop(jobId: string): void {
    this.#active.get(jobId)?.stop.abort(new Error('Its action was told to stop.'));
  }

  /**
   * The queue has given the job to another process, or will: this one was silent for too long. What its
   * handler fails with from now on is no failure of the action.
   */
  lost(jobId: string): void {
    this.#active.get(jobId)?.handBack.abort(new Error('Its job was given to another process.'));
  }

  /** Has what is still at work made again by other processes. */
  handBack(): void {
    this.#isLeaving = true;
    const reason = new Error('Its process is to end; another one will call it again.');
    for (const { handBack } of this.#active.values()) handBack.abort(reason);
  }
}
