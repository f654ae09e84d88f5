/**
 * Jobs that are attempts of actions, for runs that any process schedules.
 * @module
 */
import type { ActionCall } from '@runafter/core';
import type { ActionCaller } from '@runafter/core/remote';
import type { Job } from 'bullmq';
import { type Disposal, pauseAfter } from './processing.ts';

export class ActionJobs {
  readonly #caller: ActionCaller;
  readonly #onFault: (error: Error) => void;
  /** Those that this process has, by the ids of their jobs. */
  readonly #active = new Map<string, { stop: AbortController; handBack: AbortController }>();
  #isLeaving = false;

  constructor(caller: ActionCaller, onFault: (error: Error) => void) {
    this.#caller = caller;
    this.#onFault = onFault;
  }

  async process(job: Job<ActionCall>): Promise<Disposal> {
    if (this.#isLeaving) return 'handBack';
    if (!this.#caller.knows(job.data)) return { after: pauseAfter(job) };
    const active = { stop: new AbortController(), handBack: new AbortController() };
    const id = String(job.id);
    this.#active.set(id, active);
    try {
      const interruptions = { stop: active.stop.signal, handBack: active.handBack.signal };
      const outcome = await this.#caller.call(job.data, interruptions);
      return outcome === 'handedBack' ? 'handBack' : 'done';
    } catch (error) {
      this.#onFault(error as Error);
      return { after: pauseAfter(job) };
    } finally {
      if (this.#active.get(id) === active) this.#active.delete(id);
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
