/**
 * Kills a process at each of its writes to the store, before and after, has another one go on, and
 * compares what came of it with a run that nobody killed.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type Run,
  type RunResult,
  type RunStore,
  resume,
  start,
  type Workflow,
} from '@runafter/core';
import { expect } from 'vitest';

const writes: ReadonlySet<string> = new Set(['createRun', 'recordOutcome', 'saveState', 'endRun']);

/** A process inside this one: dead, it changes nothing any more that anybody else sees. */
export class MortalProcess {
  readonly store: RunStore;
  readonly clock: VirtualClock;
  isAlive = true;
  /** When it wrote, in milliseconds since 1970. */
  readonly writes: number[] = [];
  readonly died: Promise<void>;
  #tellDeath: () => void = () => undefined;

  /** @param diesAt - the number of the write, from 1; 0 for never. */
  constructor(inner: RunStore, clock: VirtualClock, diesAt: number, when: 'before' | 'after') {
    this.clock = clock;
    this.died = new Promise((resolve) => {
      this.#tellDeath = resolve;
    });
    this.store = new Proxy(inner, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          const dies =
            this.isAlive && writes.has(String(name)) && this.writes.push(clock.now()) === diesAt;
          if (dies && when === 'before') this.kill();
          if (!this.isAlive) return new Promise(() => undefined);
          const answer: unknown = member.apply(target, args);
          if (dies) this.kill();
          return dies ? new Promise(() => undefined) : answer;
        };
      },
    });
  }

  kill(): void {
    this.isAlive = false;
    this.#tellDeath();
  }

  /** What a handler does, unless its process is dead. */
  async act<T>(what: () => T): Promise<T> {
    if (!this.isAlive) return new Promise(() => undefined);
    return what();
  }
}

export interface Ended {
  readonly run: Run<unknown>;
  readonly result: RunResult<unknown>;
  readonly store: RunStore;
  readonly clock: VirtualClock;
}

/** A run, how it is told to stop, and what is compared of it. */
export interface Killable<T> {
  /** Called for each run; what it gives makes the workflow of each process of the run. */
  readonly begin: () => {
    readonly workflow: (process: MortalProcess) => Workflow<undefined, unknown>;
    readonly told: (ended: Ended) => T | Promise<T>;
  };
  /** Milliseconds after which the run is cancelled. */
  readonly cancelAfter?: number;
  /** Milliseconds: only kills from then on. */
  readonly killFrom?: number;
}

/** @returns what was told of the run that nobody killed. */
export async function expectSameWhenKilled<T>(killable: Killable<T>): Promise<T> {
  const whole = await runThrough(killable, 0, 'after');
  for (let write = 1; write <= whole.writes.length; write++) {
    if ((whole.writes[write - 1] as number) < (killable.killFrom ?? 0)) continue;
    for (const when of ['before', 'after'] as const) {
      // Before its first write there is nothing to go on with.
      if (write === 1 && when === 'before') continue;
      const { told } = await runThrough(killable, write, when);
      expect(told, `Killed ${when} write ${write} of ${whole.writes.length}`).toEqual(whole.told);
    }
  }
  return whole.told;
}

async function runThrough<T>(
  { begin, cancelAfter }: Killable<T>,
  diesAt: number,
  when: 'before' | 'after',
): Promise<{ told: T; writes: readonly number[] }> {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const { workflow, told } = begin();
  const startedAt = clock.now();
  let current: Run<unknown> | undefined;
  let cancelled = false;
  const cancel =
    cancelAfter === undefined
      ? undefined
      : clock.setTimer(cancelAfter, () => {
          cancelled = true;
          current?.cancel();
        });
  for (let life = 1; ; life++) {
    const process = new MortalProcess(store, clock, life === 1 ? diesAt : 0, when);
    const options = { store: process.store, clock };
    const begun =
      life === 1
        ? Promise.resolve(start(workflow(process), undefined, { ...options, runId: 'r' }))
        : resume(workflow(process), 'r', { ...options, wait: '1m' });
    const ended = begun.then(async (run) => {
      current = run;
      if (cancelled) run.cancel();
      return { run, result: await run.finished };
    });
    const end = await Promise.race([process.died, ended]);
    if (end !== undefined) {
      cancel?.();
      const writes = process.writes.map((at) => at - startedAt);
      return { told: await told({ ...end, store, clock }), writes };
    }
  }
}
