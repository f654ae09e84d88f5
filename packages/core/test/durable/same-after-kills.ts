/**
 * The promise of durable runs, asked of any workflow: killed at every write and at moments in between,
 * and gone on with in another process, a run ends as one that was never killed; and nothing whose
 * outcome was kept is called again.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type Run,
  type RunStore,
  resume,
  type StartOptions,
  type Workflow,
} from '@runafter/core';
import { expect } from 'vitest';
import { type Death, MortalProcess } from './mortal-process.ts';

/** A workflow that is run again and again. Every process has one of its own. */
export interface Scenario<In = undefined> {
  // biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
  readonly workflow: (process: MortalProcess) => Workflow<any, unknown>;
  readonly input?: In;
  readonly options?: StartOptions;
  /** Options that belong to a process. */
  readonly optionsOf?: (process: MortalProcess) => StartOptions;
  /** What stands before the store that all processes share, and a look at it in the end. */
  readonly storeOf?: (store: RunStore) => { readonly store: RunStore; readonly check: () => void };
  /** What happens around the run, on the clock that all processes share: signals, a cancel. */
  readonly around?: (world: World) => void;
  /** The run's records are compared by default; this adds more. */
  readonly more?: (run: Run<unknown>) => unknown;
  /** Milliseconds: only kills from then on. Before, a restart may change what there is to stop. */
  readonly killFrom?: number;
  /** Fields of records that a restart may change, besides times. */
  readonly notCompared?: readonly string[];
}

export interface World {
  readonly store: RunStore;
  readonly clock: VirtualClock;
  /** The run in the process in which it goes on; undefined while it does in none. */
  readonly current: () => Run<unknown> | undefined;
}

/** What is compared, and what it took. */
export interface Told {
  readonly result: unknown;
  readonly calls: readonly string[];
}

/** How many moments, spread evenly, a run is killed at beside its writes. */
const moments = 12;

/** A process that lives too short to get anything done would not get anywhere. */
const mostDeaths = 20;

/** Kills runs of the scenario at every write, before and after, and at moments in between. */
export async function expectSameAfterKills<In>(scenario: Scenario<In>): Promise<Told> {
  const whole = await runThrough(scenario, {});
  const plans: Plan[] = [];
  const { killFrom = 0 } = scenario;
  whole.writes.forEach((after, index) => {
    if (after < killFrom) return;
    plans.push({ death: { atWrite: index + 1, when: 'after' } });
    // Before its first write there is nothing to go on with.
    if (index > 0) plans.push({ death: { atWrite: index + 1, when: 'before' } });
  });
  for (let moment = 1; moment < moments; moment++) {
    plans.push({ killAt: killFrom + ((whole.duration - killFrom) * moment) / moments });
  }
  // Each process lives for a few writes, unless something happens around the run at a certain time.
  for (const atWrite of scenario.around === undefined ? [2, 3, 5] : []) {
    plans.push({ death: { atWrite, when: 'after' }, again: true });
  }
  for (const plan of plans) {
    const told = await runThrough(scenario, plan);
    const how = JSON.stringify(plan);
    expect(told.result, `Killed ${how}`).toEqual(whole.result);
    expect(told.calledTwice, `Called again after its outcome was kept, killed ${how}`).toEqual([]);
    expect(told.timers, `Timers left behind, killed ${how}`).toBe(0);
  }
  return whole;
}

interface Plan {
  readonly death?: Death;
  /** Milliseconds after the start. */
  readonly killAt?: number;
  /** Every process dies so, not only the first one. */
  readonly again?: boolean;
}

interface Outcome extends Told {
  /** Milliseconds after the start. */
  readonly writes: readonly number[];
  readonly duration: number;
  readonly calledTwice: readonly string[];
  readonly timers: number;
}

/** Runs a scenario to its end, through the death of a process if there is one. */
async function runThrough<In>(scenario: Scenario<In>, plan: Plan): Promise<Outcome> {
  const clock = virtualClock({ autoAdvance: true });
  const memory = memoryRunStore({ clock });
  const { store, check } = scenario.storeOf?.(memory) ?? { store: memory, check: () => undefined };
  const startedAt = clock.now();
  let current: Run<unknown> | undefined;
  scenario.around?.({ store, clock, current: () => current });
  const calledTwice: string[] = [];
  const kept: string[] = [];
  for (let number = 1; ; number++) {
    const dies = number === 1 || (plan.again === true && number < mostDeaths);
    const process = new MortalProcess(store, clock, dies ? plan.death : undefined);
    const died = process.died.then(() => undefined);
    const begun = begin(scenario, process, number === 1);
    void begun.then((run) => {
      current = run;
    });
    const { killAt } = plan;
    const cancelKill =
      dies && killAt !== undefined ? clock.setTimer(killAt, () => process.kill()) : undefined;
    const ended = begun.then(async (run) => ({ run, result: await run.finished }));
    const end = await orHangs(clock, Promise.race([died, ended]));
    cancelKill?.();
    calledTwice.push(...process.calls.filter((key) => isIn(kept, key)));
    if (end !== undefined) {
      check();
      return {
        result: comparedOf(scenario, end.run, end.result),
        calls: process.calls,
        writes: process.writes.map((at) => at - startedAt),
        duration: clock.now() - startedAt,
        calledTwice,
        timers: process.timers,
      };
    }
    kept.push(...process.recorded);
    await process.bury();
  }
}

/** The run as it begins, or goes on, in a process. */
async function begin<In>(
  scenario: Scenario<In>,
  process: MortalProcess,
  isFirst: boolean,
): Promise<Run<unknown>> {
  const options = { ...scenario.options, ...scenario.optionsOf?.(process) };
  const flow = scenario.workflow(process);
  if (isFirst) return process.start(flow, scenario.input, options);
  return resume(flow, 'r', { ...options, ...process.place });
}

function comparedOf<In>(
  { more, notCompared = [] }: Scenario<In>,
  run: Run<unknown>,
  result: unknown,
): unknown {
  const rest = { why: run.why().text, more: more?.(run) };
  return { ...comparable(result, notCompared), ...comparable(rest, notCompared) };
}

/** It has an outcome, or something around it has. */
function isIn(kept: readonly string[], key: string): boolean {
  return kept.some((place) => key === place || key.startsWith(`${place}/`));
}

/** Rejects when nothing is left to happen and the promise has not settled. */
async function orHangs<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let giveUp: () => void = () => undefined;
  const hangs = new Promise<never>((_, reject) => {
    giveUp = clock.setTimer(86_400_000 * 20, () => reject(new Error('It hangs.')));
  });
  try {
    return await Promise.race([promise, hangs]);
  } finally {
    giveUp();
  }
}

const times: readonly string[] = ['startTime', 'endTime', 'slowest', 'outliers'];

/** The JSON of a result, but for its times, which a restart may change. */
function comparable(value: unknown, notCompared: readonly string[]): object {
  const omitted = new Set([...times, ...notCompared]);
  const json = JSON.stringify(value ?? null, (name, part) => {
    if (omitted.has(name)) return undefined;
    return typeof part === 'bigint' ? `${part}n` : part;
  });
  return JSON.parse(json);
}
