/**
 * Processes that call the handlers of a plan for whoever schedules its run, and the queue in between. Calls
 * are delivered in any order, some of them twice; processes die at their work, or hand it back.
 *
 * Invariant: a job is in the queue, or with a process that lives, until its attempt is over. Time goes
 * on for all of them, whatever becomes of those who schedule the run.
 * @module
 */
import { type Clock, type VirtualClock, virtualClock } from '@runafter/clock';
import type { ActionCall, ActionTask, Executor, RunStore, Workflow } from '../../src/index.ts';
import { actionCaller } from '../../src/remote/index.ts';
import { chance, type Draw } from './draw.ts';
import type { Life } from './durable-journal.ts';
import { type StoreCall, WatchedStore } from './watched-store.ts';

export interface FleetParts {
  readonly store: RunStore;
  /** Decides what happens when. */
  readonly draw: Draw;
  /** Whether calls may wait in the queue, and be handed back: both take time that the plan does not know. */
  readonly isLate: boolean;
  readonly start: number;
  /** The workflow as a process has it. */
  readonly define: (life: Life) => Workflow<undefined, unknown>;
}

interface Job {
  readonly text: string;
  /** How many processes have it. */
  holders: number;
  /** What may still happen to it. */
  accidents: number;
  readonly stop: AbortController;
}

export class Fleet {
  readonly clock: VirtualClock;
  /** How often somebody died, handed back, or was given what another one had. */
  accidents = 0;
  readonly #parts: FleetParts;
  readonly #jobs = new Map<string, Job>();
  #lives = 1_000;

  constructor(parts: FleetParts) {
    this.#parts = parts;
    this.clock = virtualClock({ start: parts.start });
  }

  /** The time as a process sees it, until its death. */
  clockOf(death: AbortSignal): Clock {
    const { clock } = this;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimer(delay, callback, options) {
        if (death.aborted) return () => undefined;
        const cancel = clock.setTimer(delay, callback, options);
        death.addEventListener('abort', cancel);
        return cancel;
      },
      async sleep(duration, { signal, ...options } = {}) {
        const either = signal === undefined ? death : AbortSignal.any([signal, death]);
        try {
          await clock.sleep(duration, { ...options, signal: either });
        } catch (reason) {
          if (!death.aborted) throw reason;
        }
        if (death.aborted) await never();
      },
    };
  }

  /** Of a process that schedules the run. */
  executorOf(life: { readonly isOver: boolean }): Executor {
    return {
      isRemote: true,
      dispatch: (task) => {
        if (!task.isResumed && chance(this.#parts.draw, 25)) void task.run();
        else void task.runElsewhere((call, over) => this.#send(life, task, call, over));
      },
    };
  }

  /** Resolves when nobody wants the attempt any more. */
  async #send(
    life: { readonly isOver: boolean },
    { signal }: ActionTask,
    call: ActionCall,
    over: AbortSignal,
  ): Promise<void> {
    if (life.isOver) return;
    const id = JSON.stringify([call.place, call.attempt]);
    const known = this.#jobs.get(id);
    const job = known ?? {
      text: JSON.stringify(call),
      holders: 0,
      accidents: 3,
      stop: new AbortController(),
    };
    this.#jobs.set(id, job);
    if (known === undefined) void this.#deliver(id, job);
    await eitherAborted(signal, over);
    if (over.aborted || life.isOver) return;
    if (job.holders === 0) {
      this.#jobs.delete(id);
      throw signal.reason;
    }
    job.stop.abort(signal.reason);
  }

  async #deliver(id: string, job: Job): Promise<void> {
    const { draw, isLate } = this.#parts;
    if (isLate) await this.clock.sleep(draw(0, 2_000));
    // Others come first, or not.
    for (let turns = draw(0, 3); turns > 0; turns--) await Promise.resolve();
    if (this.#jobs.get(id) !== job) return;
    const isDoubled = this.#happens(job, 15);
    void this.#work(id, job);
    if (isDoubled) void this.#work(id, job);
  }

  /** A process has the job, until it is done with it or has come to its end. */
  async #work(id: string, job: Job): Promise<void> {
    const { store, define, isLate, draw } = this.#parts;
    const death = new AbortController();
    const life: Life = {
      number: this.#lives++,
      clock: this.clockOf(death.signal),
      get isOver() {
        return death.signal.aborted;
      },
    };
    job.holders++;
    const die = (): void => {
      if (life.isOver) return;
      death.abort();
      job.holders--;
      void this.#work(id, job);
    };
    const calls = this.#happens(job, 25) ? draw(1, 4) : undefined;
    if (this.#happens(job, 10)) this.clock.setTimer(draw(0, 300), die);
    const handBack = new AbortController();
    if (isLate && this.#happens(job, 10)) {
      this.clock.setTimer(draw(0, 300), () => handBack.abort(new Error('Another one calls it.')));
    }
    const caller = actionCaller([define(life)], {
      store: new DyingStore(store, calls, die, life),
      clock: life.clock,
    });
    const call = JSON.parse(job.text) as ActionCall;
    const outcome = await caller.call(call, { stop: job.stop.signal, handBack: handBack.signal });
    if (life.isOver) return;
    death.abort();
    job.holders--;
    if (outcome === 'handedBack') void this.#work(id, job);
    else if (job.holders === 0) this.#jobs.delete(id);
  }

  #happens(job: Job, percent: number): boolean {
    if (job.accidents === 0 || !chance(this.#parts.draw, percent)) return false;
    job.accidents--;
    this.accidents++;
    return true;
  }
}

/** The store, up to the call at which its process dies: before that has taken effect, or after. */
class DyingStore extends WatchedStore {
  readonly #last: number | undefined;
  readonly #die: () => void;
  readonly #life: { readonly isOver: boolean };
  #calls = 0;

  /** @param last - each call counts twice, before and after it. */
  constructor(
    inner: RunStore,
    last: number | undefined,
    die: () => void,
    life: { readonly isOver: boolean },
  ) {
    super(inner);
    this.#last = last;
    this.#die = die;
    this.#life = life;
  }

  protected async read<T>(call: StoreCall<T>): Promise<T> {
    if (++this.#calls === this.#last) this.#die();
    if (this.#life.isOver) return never();
    const answer = await call(this.inner);
    if (++this.#calls === this.#last) this.#die();
    return this.#life.isOver ? never() : answer;
  }

  protected write<T>(call: StoreCall<T>): Promise<T> {
    return this.read(call);
  }
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}

async function eitherAborted(...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some((signal) => signal.aborted)) return;
  await new Promise<void>((resolve) => {
    for (const signal of signals) {
      signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
}
