/**
 * Programs that work on random runs are killed with SIGKILL at random moments and started again, until
 * their runs have ended: as the oracle says, with nothing done again that was stored.
 *
 * TEST_KILLS says how many kills at least; default 100.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { type Draw, seededDraw } from '../../packages/core/test/model/draw.ts';
import { expectRun } from '../../packages/core/test/model/oracle.ts';
import { seed, seedHint } from '../../packages/core/test/properties/seed.ts';
import { temporaryFolder } from '../workspace/temporary-folder.ts';
import { Logbook } from './logbook.ts';
import { killPrograms, Program } from './program.ts';
import { callComplaints, resultComplaints, type Snapshot } from './run-complaints.ts';
import { planOf, type RunToDo, type Task } from './runs-to-do.ts';
import { SignalSender } from './signal-sender.ts';
import { storedAddresses } from './stored-addresses.ts';
import { busyPlans, contentsOf } from './swift-plan.ts';

const kills = Number(process.env.TEST_KILLS ?? 100);
/** Databases that are worked on at the same time. */
const lanes = 3;
/** A database is done with after so many kills. */
const killsPerDatabase = 7;
const runsPerDatabase = 4;
const lease = 300;

/** A program that says nothing for so long waits: for a signal, or for the lease of one that is dead. */
const patience = 200;

const worker = new URL('./programs/work-on-runs.ts', import.meta.url);

afterAll(killPrograms);

describe(`${kills} kills at random moments`, { timeout: 60_000 + kills * 2_000 }, () => {
  it('leave runs that end as the oracle says, with nothing done again that was stored', async () => {
    const folder = temporaryFolder({});
    const plans = busyPlans(`${seed} kills`, 12);
    const complaints: string[] = [];
    const contents = new Set<string>();
    let killed = 0;
    let databases = 0;
    async function workOnLane(): Promise<void> {
      while (killed < kills && complaints.length === 0) {
        const number = databases++;
        const names = Array.from({ length: runsPerDatabase }, () => String(plans.next().value));
        for (const name of names) for (const what of contentsOf(planOf(name))) contents.add(what);
        const ending = await killAgainAndAgain(join(folder, String(number)), names, number);
        killed += ending.killed;
        complaints.push(...ending.complaints);
      }
    }
    await Promise.all(Array.from({ length: lanes }, workOnLane));

    expect(complaints.slice(0, 20), seedHint).toEqual([]);
    expect(killed).toBeGreaterThanOrEqual(kills);
    expect([...contents].sort(), 'what the runs were made of').toEqual(
      expect.arrayContaining(['array', 'child', 'delay', 'forEach', 'generator', 'keys', 'retry']),
    );
    expect([...contents]).toEqual(expect.arrayContaining(['scope', 'stream', 'until', 'waitFor']));
  });
});

interface Ending {
  readonly killed: number;
  readonly complaints: readonly string[];
}

/** One database: its runs, and the program that dies again and again. */
async function killAgainAndAgain(
  folder: string,
  plans: readonly string[],
  number: number,
): Promise<Ending> {
  mkdirSync(folder);
  const draw = seededDraw(`${seed} kills of ${number}`);
  const database = join(folder, 'runs.db');
  const logbook = new Logbook(join(folder, 'logbook'));
  const runs = plans.map((plan, index) => ({ runId: `run-${index}`, plan }));
  const store = sqliteRunStore(database);
  const senders = runs.map((run) => new SignalSender(run, draw));
  const snapshots = new Map(runs.map(({ runId }) => [runId, [] as Snapshot[]]));
  const complaints: string[] = [];
  const expected = new Map(runs.map(({ runId, plan }) => [runId, expectRun(planOf(plan))]));
  const expectedOf = ({ runId }: RunToDo) => expected.get(runId) as ReturnType<typeof expectRun>;
  let killed = 0;
  for (;;) {
    const isLast = killed === killsPerDatabase;
    const by = draw(0, 1) === 0 ? 'start' : 'resume';
    const task: Task = { database, logbook: logbook.file, runs, by, lease };
    const program = new Program(worker, task);
    const sending = sendUntilOver(program, store, senders, isLast ? 100 : 10);
    if (!isLast) await killSomewhere(program, draw);
    const { code, signal, complaint } = await program.ended;
    await sending;
    if (signal !== 'SIGKILL') {
      if (code !== 0) complaints.push(`the program ended with ${code ?? signal}: ${complaint}`);
      break;
    }
    killed++;
    const entries = logbook.read();
    for (const run of runs) {
      const { runId } = run;
      const stored = await storedAddresses(store, runId, expectedOf(run));
      snapshots.get(runId)?.push({ entries: entries.length, stored });
      for (const entry of entries) {
        if (entry.what !== 'outcome' || entry.runId !== runId) continue;
        const isThere = entry.state !== 'recorded' || stored.has(entry.address);
        if (!isThere) complaints.push(`${entry.address}: was acknowledged and is not there`);
      }
    }
    // Nobody works on the runs now.
    for (const sender of senders) await sender.send(store, 15);
  }
  for await (const { runId } of store.listRuns({ status: 'Running' })) {
    complaints.push(`${runId} is stuck`);
  }
  if (complaints.length === 0) {
    const entries = logbook.read();
    for (const run of runs) {
      complaints.push(
        ...callComplaints(run, expectedOf(run), entries, snapshots.get(run.runId) ?? []),
        ...(await resultComplaints(store, run, expectedOf(run))),
      );
    }
  }
  await store.close();
  return { killed, complaints: [...complaints, ...senders.flatMap((one) => one.complaints)] };
}

/** Lets it begin, call so many handlers, and perhaps do a little more. */
async function killSomewhere(program: Program, draw: Draw): Promise<void> {
  const calls = draw(0, 3) === 0 ? 0 : draw(1, 25);
  const later = draw(0, 12);
  await program.until(() => program.said.includes('ready'));
  await program.until(() => program.count('call') >= calls, patience);
  await systemClock.sleep(later);
  program.kill('SIGKILL');
}

async function sendUntilOver(
  program: Program,
  store: RunStore,
  senders: readonly SignalSender[],
  percent: number,
): Promise<void> {
  await program.until(() => program.said.includes('ready'));
  while (!program.isOver) {
    for (const sender of senders) await sender.send(store, percent);
    await program.until(() => false, 40);
  }
}
