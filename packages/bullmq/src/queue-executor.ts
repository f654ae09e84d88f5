/**
 * The executor of a run that is scheduled in this process: its actions are called here, where there is
 * room, or go to whichever process takes them out of their queue.
 *
 * Invariant: for as long as an attempt is not over, its job is in its queue or in somebody's hands; one
 * that got lost with a queue is put there again.
 * @module
 */
import type { ActionCall, ActionTask, Executor } from '@runafter/core';
import type { Announcements } from './announcements.ts';
import { actionJobId } from './job-id.ts';
import type { Outbox } from './outbox.ts';
import type { QueuePlan } from './queue-plan.ts';
import type { NewJob, Queues } from './queues.ts';
import type { Slots } from './slots.ts';

/** What all executors of a process share. */
export interface Delivering {
  readonly plan: QueuePlan;
  readonly queues: Queues;
  readonly outbox: Outbox;
  readonly announcements: Announcements;
  /** Room in this process for actions of its own runs; undefined where all go through their queue. */
  readonly slots: Slots | undefined;
  /** Whether others have enough to do: this process has many runs itself, or has delivered many actions. */
  readonly isBusy: () => boolean;
  /** The attempts that are not over, for the sweep. */
  readonly outstanding: Map<string, { readonly queue: string; readonly job: NewJob }>;
  readonly onFault: (error: Error) => void;
}

export class QueueExecutor implements Executor {
  readonly isRemote = true;
  readonly #shared: Delivering;
  readonly #workflow: string;
  /** That of the run. */
  readonly #priority: number | undefined;
  /** Actions of the run that are being called here. */
  readonly #calls = new Set<Promise<void>>();

  constructor(shared: Delivering, workflow: string, priority: number | undefined) {
    this.#shared = shared;
    this.#workflow = workflow;
    this.#priority = priority;
  }

  dispatch(task: ActionTask): void {
    if (this.#isEager(task)) this.#callHere(task);
    else void this.#deliver(task);
  }

  /** Resolves when none of the run's actions is being called here. */
  async callsEnded(): Promise<void> {
    while (this.#calls.size > 0) await Promise.all(this.#calls);
  }

  /**
   * One at a time of a run: what is ready beside it is for other processes, unless they have enough to do.
   * What another process may have delivered is delivered again, for it may be at work, or have reported.
   */
  #isEager({ address, isResumed }: ActionTask): boolean {
    const { plan, slots, isBusy } = this.#shared;
    if (slots === undefined || isResumed || (this.#calls.size > 0 && !isBusy())) return false;
    const named = plan.namedQueue({ workflow: this.#workflow, address });
    return named === undefined && slots.tryTake();
  }

  #callHere(task: ActionTask): void {
    const call = task.run().then(() => {
      this.#calls.delete(call);
      this.#shared.slots?.giveBack();
    });
    this.#calls.add(call);
  }

  #deliver(task: ActionTask): Promise<void> {
    return task.runElsewhere((call, over) => this.#send(call, task.signal, over));
  }

  async #send(call: ActionCall, stop: AbortSignal, over: AbortSignal): Promise<void> {
    const { plan, outbox, outstanding } = this.#shared;
    const queue = plan.actionQueue(call);
    const id = actionJobId(call);
    const named = plan.named.get(plan.namedQueue(call) ?? '');
    const priority = named?.priority ?? this.#priority;
    const job = { id, name: `${call.workflow}/${call.address}`, data: call, priority };
    const entry = { queue, job };
    outstanding.set(id, entry);
    const forget = (): void => {
      // The same attempt may have been dispatched anew, by a run that was lost and taken over again.
      if (outstanding.get(id) === entry) outstanding.delete(id);
    };
    over.addEventListener('abort', forget, { once: true });
    try {
      await outbox.put(queue, job, over);
    } catch (error) {
      if (over.aborted) return;
      throw error;
    }
    await this.#untilStopped(stop, over);
    if (!over.aborted) await this.#stop(queue, id, stop);
  }

  async #untilStopped(stop: AbortSignal, over: AbortSignal): Promise<void> {
    if (stop.aborted || over.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stop.removeEventListener('abort', done);
        over.removeEventListener('abort', done);
        resolve();
      };
      stop.addEventListener('abort', done, { once: true });
      over.addEventListener('abort', done, { once: true });
    });
  }

  /** What nobody has begun is taken out of its queue; who has begun it is told. */
  async #stop(queue: string, jobId: string, stop: AbortSignal): Promise<void> {
    const { announcements, queues } = this.#shared;
    const removed = await queues
      .get(queue)
      .remove(jobId)
      .catch(() => 0);
    if (removed > 0) throw stop.reason;
    await announcements.tell({ kind: 'stop', jobId });
  }
}
