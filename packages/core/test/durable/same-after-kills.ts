/**
 * The promise of durable runs, asked of any workflow: killed at every write and at moments in between,
 * and gone on with in another process, a run ends as one that was never killed; and nothing whose
 * outcome was kept is called again.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type ResumeOptions,
  type Run,
  type RunStore,
  resume,
  type StartOptions,
  type Workflow,
} from '@runafter/core';
import { expect } from 'vitest';
import { type Death, MortalProcess } from './mortal-process.ts';
import { storedOutcomes } from './stored-outcomes.ts';

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
  /** The process in which the run goes on, and the run there. */
  readonly current: () => {
    readonly process: MortalProcess;
    readonly run: Run<unknown> | undefined;
  };
}

/** What is compared, and what it took. */
export interface Told {
  readonly result: unknown;
  readonly calls: readonly string[];
}

/** How many moments, spread evenly, a run is killed at beside its writes. */
const moments = 12;

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
}

interface Outcome extends Told {
  /** Milliseconds after the start. */
  readonly writes: readonly number[];
  readonly duration: number;
  readonly calledTwice: readonly string[];
  readonly timers: number;
}

/** Runs a scenario to its end, through the death of a process if there is one. */
export async function runThrough<In>(scenario: Scenario<In>, plan: Plan): Promise<Outcome> {
  const clock = virtualClock({ autoAdvance: true });
  const memory = memoryRunStore({ clock });
  const { store, check } = scenario.storeOf?.(memory) ?? { store: memory, check: () => undefined };
  const startedAt = clock.now();
  const { notCompared = [] } = scenario;
  const first = new MortalProcess(store, clock, plan.death);
  let current: ReturnType<World['current']> = { process: first, run: undefined };
  const optionsIn = (process: MortalProcess) => ({
    ...scenario.options,
    ...scenario.optionsOf?.(process),
  });
  let run = first.start(scenario.workflow(first), scenario.input, optionsIn(first));
  current = { process: first, run };
  scenario.around?.({ store, clock, current: () => current });
  const cancelKill =
    plan.killAt === undefined ? undefined : clock.setTimer(plan.killAt, () => first.kill());
  let kept: readonly string[] = [];
  const ended = run.finished.then(() => true);
  const isWhole = await orHangs(clock, Promise.race([first.died.then(() => false), ended]));
  cancelKill?.();
  let last = first;
  if (!isWhole) {
    kept = await keptKeys(store);
    await first.bury();
    last = new MortalProcess(store, clock);
    current = { process: last, run: undefined };
    const again: ResumeOptions = { ...optionsIn(last), ...last.place };
    run = await orHangs(clock, resume(scenario.workflow(last), 'r', again));
    current = { process: last, run };
  }
  const result = await orHangs(clock, run.finished);
  check();
  const isKept = (key: string) =>
    kept.some((place) => key === place || key.startsWith(`${place}/`));
  return {
    result: {
      ...comparable(result, notCompared),
      ...comparable({ why: run.why().text, more: scenario.more?.(run) }, notCompared),
    },
    calls: last.calls,
    writes: first.writes.map((at) => at - startedAt),
    duration: clock.now() - startedAt,
    calledTwice: last === first ? [] : last.calls.filter(isKept),
    timers: last.timers,
  };
}

/** The idempotency keys of everything that has an outcome in the store. */
async function keptKeys(store: RunStore): Promise<string[]> {
  if ((await store.readRun('r')) === undefined) return [];
  return (await storedOutcomes(store, 'r')).map(({ path }) => `r/${path}`);
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
