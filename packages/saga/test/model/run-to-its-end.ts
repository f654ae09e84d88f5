/**
 * Runs a plan on a virtual clock: its processes die where the plan says, others go on, until the run has
 * ended and whatever comes late has come.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type Run,
  type RunResult,
  type RunStore,
  resume,
  SignalError,
  signal,
  start,
} from '@runafter/core';
import { retryCompensation, type SagaReport } from '@runafter/saga';
import { MortalProcess } from '../killed-at-every-write.ts';
import { EffectsLog } from './effects-log.ts';
import { type Actor, correlationOf, goAhead, plannedWorkflow } from './planned-workflow.ts';
import type { KillPlan, RunPlan } from './run-plan.ts';

export interface EndedRun {
  readonly run: Run<unknown>;
  readonly result: RunResult<unknown>;
  readonly log: EffectsLog;
  /** How many events the log had when somebody cancelled the run; undefined where nobody did. */
  readonly cancelledAfter: number | undefined;
  /** How many processes have died before it ended. */
  readonly deaths: number;
  /** What `retryCompensation` came to, where something was left to undo; with a log of its own. */
  readonly retried:
    | { readonly reports: readonly SagaReport[]; readonly log: EffectsLog }
    | undefined;
  /** How many timers are left in the end. */
  readonly timersLeft: number;
}

const runId = 'r';
const lease = 3_000;

export async function runToItsEnd(plan: RunPlan): Promise<EndedRun> {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const log = new EffectsLog();
  const { timeouts, kills } = plan;
  let current: Run<unknown> | undefined;
  let cancelledAfter: number | undefined;
  const cancel = (): void => {
    cancelledAfter ??= log.events.length;
    current?.cancel();
  };
  const { stop } = plan;
  const cancelStop = stop?.by === 'cancel' ? clock.setTimer(stop.at, cancel) : undefined;
  clock.setTimer(plan.signalsAt, () => void sendSignals(plan, store, clock));
  for (let life = 1; ; life++) {
    const slow = (isAlive: () => boolean) => slowStore(store, clock, plan.writesTake, isAlive);
    const { process, actor } = mortalActor(slow, clock, life, log, kills[life - 1]);
    const options = {
      ...{ store: process.store, clock, lease },
      ...(timeouts.run !== undefined && { timeout: timeouts.run }),
    };
    const flow = plannedWorkflow(plan, actor);
    const begun =
      life === 1
        ? Promise.resolve(start(flow, undefined, { ...options, runId }))
        : resume(flow, runId, { ...options, wait: '1m' });
    const ended = begun.then(async (run) => {
      current = run;
      if (cancelledAfter !== undefined) run.cancel();
      return { run, result: await run.finished };
    });
    const end = await orHangs(clock, Promise.race([process.died, ended]));
    if (end === undefined) {
      current = undefined;
      continue;
    }
    cancelStop?.();
    // What ignores that it was told to stop comes within that time.
    await clock.sleep('2m');
    const timersLeft = clock.pending;
    const retried = await retry(plan, end.result, store, clock, life);
    return { ...end, log, cancelledAfter, deaths: life - 1, retried, timersLeft };
  }
}

/** A store that writes after a while, if whoever asked for it is still there. */
function slowStore(
  store: RunStore,
  clock: VirtualClock,
  writesTake: number,
  isAlive: () => boolean,
): RunStore {
  if (writesTake === 0) return store;
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (!writes.has(String(name))) return member.bind(target);
      return async (...args: unknown[]) => {
        await clock.sleep(writesTake);
        return isAlive() ? member.apply(target, args) : new Promise(() => undefined);
      };
    },
  });
}

const writes: ReadonlySet<string> = new Set(['recordOutcome', 'saveState', 'endRun']);

function mortalActor(
  storeOf: (isAlive: () => boolean) => RunStore,
  clock: VirtualClock,
  life: number,
  log: EffectsLog,
  kill: KillPlan | undefined,
): { readonly process: MortalProcess; readonly actor: Actor } {
  const { at, number = 0, when = 'after' } = kill ?? {};
  const store = storeOf(() => process.isAlive);
  const process: MortalProcess = new MortalProcess(store, clock, at === 'write' ? number : 0, when);
  let events = 0;
  const act = <T>(what: () => T): Promise<T> => {
    if (!process.isAlive || at === undefined || at === 'write') return process.act(what);
    const before = log.events.length;
    const done = what();
    const added = log.events.slice(before);
    const counted = at === 'event' ? added : added.filter((event) => event.what.startsWith('undo'));
    events += counted.length;
    if (counted.length === 0 || events !== number) return Promise.resolve(done);
    process.kill();
    return new Promise(() => undefined);
  };
  return { process, actor: { clock, life, log, act } };
}

/** Tries again to undo what is left, in a process that dies at its first compensation, and in another. */
async function retry(
  plan: RunPlan,
  result: RunResult<unknown>,
  store: RunStore,
  clock: VirtualClock,
  life: number,
): Promise<EndedRun['retried']> {
  if (!JSON.stringify(result.results).includes('COMPENSATION_FAILED')) return undefined;
  const log = new EffectsLog();
  const attempt = (number: number, kill?: KillPlan) => {
    const { process, actor } = mortalActor(() => store, clock, life + number, log, kill);
    const flow = plannedWorkflow(plan, { ...actor, isRepaired: true });
    const options = { store: process.store, clock, lease };
    return Promise.race([process.died, retryCompensation(flow, runId, options)]);
  };
  const reports =
    (await attempt(1, { at: 'undo-event', number: 1, when: 'after' })) ?? (await attempt(2));
  return { reports: reports ?? [], log };
}

async function sendSignals(plan: RunPlan, store: RunStore, clock: VirtualClock): Promise<void> {
  for (const node of plan.nodes) {
    if (node.kind !== 'waitFor') continue;
    for (let item = 0; item < plan.items; item++) {
      const correlate = correlationOf(item, node);
      try {
        await signal(store, runId, goAhead, item, { correlate, id: correlate, clock });
      } catch (error) {
        // It has ended without waiting for them.
        if (!(error instanceof SignalError && error.code === 'RUN_ENDED')) throw error;
      }
    }
  }
}

/** Rejects when nothing is left to happen, and the promise has not settled. */
async function orHangs<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let giveUp = (): void => undefined;
  const hangs = new Promise<never>((_, reject) => {
    giveUp = clock.setTimer(3_600_000, () => reject(new Error('The run hangs.')));
  });
  try {
    return await Promise.race([promise, hangs]);
  } finally {
    giveUp();
  }
}
