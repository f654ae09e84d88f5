/**
 * Works on the sagas of a database until all of them have ended, and then tells how.
 *
 * It says `ready`, then the name of each event in the world (`begins`, `undo-begins`, …), and in the end a
 * line of JSON for each run.
 * @module
 */
import { type Run, resume, SignalError, signal, start } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { endIn } from '../../../packages/saga/test/model/judge.ts';
import {
  correlationOf,
  goAhead,
  plannedWorkflow,
} from '../../../packages/saga/test/model/planned-workflow.ts';
import { randomRunPlan } from '../../../packages/saga/test/model/random-run-plan.ts';
import type { RunPlan } from '../../../packages/saga/test/model/run-plan.ts';
import { fastClock } from '../fast-clock.ts';
import { leavingLeases } from '../leaving-leases.ts';
import { databaseIn, effectsLogOf, speed, type Task, type ToldEnd } from '../sagas-to-do.ts';

const task = JSON.parse(String(process.argv[2])) as Task;
const { folder, seeds, life, since } = task;
const clock = fastClock(speed, since);
const store = await leavingLeases(sqliteRunStore(databaseIn(task), { clock }), folder);

say('ready');
const ends = await Promise.all(seeds.map(workOn));
// What ignores that it was told to stop comes within that time.
await clock.sleep('16s');
for (const end of ends) say(JSON.stringify(end));
await store.close();

async function workOn(seed: string): Promise<ToldEnd> {
  const plan = randomRunPlan(seed);
  const { timeouts, stop, items } = plan;
  const log = effectsLogOf(task, seed, ({ what }) => say(what));
  const act = async <T>(what: () => T): Promise<T> => what();
  const flow = plannedWorkflow(plan, { clock, life, log, act });
  const options = {
    store,
    clock,
    lease: '10m',
    ...(timeouts.run !== undefined && { timeout: timeouts.run }),
  } as const;
  start(flow, undefined, { ...options, runId: seed });
  // It is there as soon as this process holds it.
  const run = await resume(flow, seed, { ...options, wait: '1h' });
  const cancelTimers = [
    at(plan.signalsAt, () => void sendSignals(plan, run)),
    ...(stop?.by === 'cancel' ? [at(stop.at, () => run.cancel())] : []),
  ];
  const { status } = await run.finished;
  for (const cancel of cancelTimers) cancel();
  const sagas = Array.from({ length: items }, (_, item) => endIn(plan, run, item));
  return {
    seed,
    status,
    sagas: sagas.map(({ ended, report }) => ({ ended: [...ended], report })),
  };
}

/** At that time of the run, or at once where it has passed while nobody lived. */
function at(time: number, then: () => void): () => void {
  return clock.setTimer(Math.max(0, since + time - clock.now()), then);
}

async function sendSignals({ nodes, items }: RunPlan, run: Run<unknown>): Promise<void> {
  for (const node of nodes.filter(({ kind }) => kind === 'waitFor')) {
    for (let item = 0; item < items; item++) {
      const correlate = correlationOf(item, node);
      try {
        await signal(store, run.id, goAhead, item, { correlate, id: correlate, clock });
      } catch (error) {
        // It has ended without waiting for them.
        if (!(error instanceof SignalError && error.code === 'RUN_ENDED')) throw error;
      }
    }
  }
}

/** A pipe is written to at once, so whatever is said is heard, also when the process is killed. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
