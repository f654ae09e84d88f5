/**
 * A database is copied as a power cut would leave it, at random moments of the work on it. Each copy
 * must be whole, hold all that was acknowledged before, and go on to the end that the oracle says.
 *
 * Three kinds of copies: as it stands on the disk; with a log that ends at a random byte, as when the
 * last writes did not reach the disk; and with garbage from a random byte on, as when the file had grown
 * and its content did not arrive. In a log that ends at byte N (or is good up to there), an outcome must
 * be found when it was acknowledged while the log was no longer than N.
 *
 * A copy shows what was written, not what was forced to the disk: no test without a real power cut can.
 */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { afterAll, expect, it } from 'vitest';
import { type Draw, pick, seededDraw } from '../../packages/core/test/model/draw.ts';
import { expectRun } from '../../packages/core/test/model/oracle.ts';
import { seed, seedHint } from '../../packages/core/test/properties/seed.ts';
import { temporaryFolder } from '../workspace/temporary-folder.ts';
import { type Entry, Logbook } from './logbook.ts';
import { plannedHandlers } from './planned-handlers.ts';
import { killPrograms, Program } from './program.ts';
import { callComplaints, resultComplaints } from './run-complaints.ts';
import { begin, planOf, type RunToDo, type Task, workflowOf } from './runs-to-do.ts';
import { SignalSender } from './signal-sender.ts';
import { storedAddresses } from './stored-addresses.ts';
import { busyPlans } from './swift-plan.ts';
import { bytesOf, copyDatabase, type DatabaseCopy } from './write-ahead-log.ts';

const databases = 4;
const copiesPerDatabase = 12;
const runsPerDatabase = 8;
/** Of the program that is cut off: short, so that nobody has to wait for it. */
const lease = 300;
/** Of the runs in the copies: nobody else wants them. */
const longLease = 60_000;

const worker = new URL('./programs/work-on-runs.ts', import.meta.url);
const checkpointer = new URL('./programs/checkpoint.ts', import.meta.url);

afterAll(killPrograms);

/** A log that holds nothing. */
const emptyLog = bytesOf(0, 0);

const kinds = ['as it is', 'cut off', 'garbled'] as const;

/** A copy, and what the logbook said before and after it was made. */
interface PowerCut extends DatabaseCopy {
  readonly kind: (typeof kinds)[number];
  readonly before: readonly Entry[];
  readonly after: readonly Entry[];
  /** The log is good up to here. */
  readonly goodBytes: number;
}

it('a power cut leaves a whole database, with all that was acknowledged, that goes on to the end', {
  timeout: 600_000,
}, async () => {
  const plans = busyPlans(`${seed} power cuts`, 20);
  const cuts: PowerCut[] = [];
  const complaints: string[] = [];
  for (let number = 0; number < databases; number++) {
    const folder = temporaryFolder({});
    const draw = seededDraw(`${seed} power cuts of ${number}`);
    const runs = Array.from({ length: runsPerDatabase }, (_, index) => ({
      runId: `run-${index}`,
      plan: String(plans.next().value),
    }));
    const ofDatabase = await cutAgainAndAgain(folder, runs, draw);
    for (const cut of ofDatabase) complaints.push(...(await cutComplaints(cut, runs, draw)));
    cuts.push(...ofDatabase);
  }

  expect(complaints.slice(0, 20), seedHint).toEqual([]);
  expect(cuts.length).toBeGreaterThanOrEqual(40);
  const halfway = cuts.filter(
    ({ leastLogBytes, usedBytes }) => leastLogBytes > emptyLog && leastLogBytes < usedBytes,
  );
  expect(halfway.length, 'copies from amidst a checkpoint').toBeGreaterThanOrEqual(1);
  const lost = cuts.filter(({ goodBytes, usedBytes }) => goodBytes < usedBytes);
  // About half of them where there is time to write; on a busy machine more logs are empty when they are copied.
  expect(lost.length, 'copies that lack something').toBeGreaterThanOrEqual(3);
});

/** Copies the database again and again while a program works on it. */
async function cutAgainAndAgain(
  folder: string,
  runs: readonly RunToDo[],
  draw: Draw,
): Promise<readonly PowerCut[]> {
  const database = join(folder, 'runs.db');
  const logbook = new Logbook(join(folder, 'logbook'));
  const task: Task = {
    ...{ database, logbook: logbook.file, runs, lease },
    by: 'start',
    withPositions: true,
  };
  const program = new Program(worker, task);
  const senders = runs.map((run) => new SignalSender(run, draw));
  const cuts: PowerCut[] = [];
  await program.until(() => program.said.includes('ready'));
  // A checkpoint of the worker's own is rarely under way; with another process at it, one often is.
  const other = new Program(checkpointer, { database });
  while (!program.isOver) {
    if (cuts.length < copiesPerDatabase) {
      const before = logbook.read();
      const copy = copyDatabase(database, join(folder, `copy-${cuts.length}.db`));
      if (copy !== undefined) cuts.push({ ...damage(copy, draw), before, after: logbook.read() });
    }
    // Open only in between: what copies a database must not have it open.
    const store = sqliteRunStore(database);
    for (const sender of senders) await sender.send(store, 20);
    await store.close();
    await systemClock.sleep(draw(0, 30));
  }
  other.kill('SIGKILL');
  await other.ended;
  const { code, complaint } = await program.ended;
  expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
  return cuts;
}

/** Takes away what may be lost: never what a checkpoint has perhaps brought into the database file. */
function damage(
  copy: DatabaseCopy,
  draw: Draw,
): DatabaseCopy & Pick<PowerCut, 'kind' | 'goodBytes'> {
  const kind = pick(draw, kinds);
  const { file, logBytes, usedBytes, leastLogBytes } = copy;
  const goodBytes = kind === 'as it is' ? logBytes : draw(leastLogBytes, usedBytes);
  if (kind === 'cut off') truncateSync(`${file}-wal`, goodBytes);
  if (kind === 'garbled') {
    const log = readFileSync(`${file}-wal`);
    for (let at = goodBytes; at < logBytes; at++) log[at] = draw(0, 255);
    writeFileSync(`${file}-wal`, log);
  }
  return { ...copy, kind, goodBytes };
}

async function cutComplaints(
  cut: PowerCut,
  runs: readonly RunToDo[],
  draw: Draw,
): Promise<string[]> {
  const integrity = integrityOf(cut.file);
  if (integrity !== 'ok') return [`${cut.file}, ${cut.kind}: ${integrity}`];
  const store = sqliteRunStore(cut.file, { signalPoll: '20ms' });
  const logbook = new Logbook(`${cut.file}-logbook`);
  const complaints = await Promise.all(
    runs.map((run) => runComplaints(store, run, cut, logbook, draw)),
  );
  await store.close();
  return complaints.flat().map((complaint) => `${cut.file}, ${cut.kind}: ${complaint}`);
}

function integrityOf(file: string): unknown {
  const database = new DatabaseSync(file);
  try {
    return database.prepare('PRAGMA integrity_check').get()?.integrity_check;
  } finally {
    database.close();
  }
}

/** Is what was acknowledged there? Does the run go on, with nothing done again that is stored? */
async function runComplaints(
  store: RunStore,
  run: RunToDo,
  cut: PowerCut,
  logbook: Logbook,
  draw: Draw,
): Promise<string[]> {
  const { runId, plan } = run;
  const expected = expectRun(planOf(plan));
  const stored = await storedAddresses(store, runId, expected);
  const missing = acknowledged(cut, runId).filter((address) => !stored.has(address));
  if (missing.length > 0) return missing.map((address) => `${address} was acknowledged`);

  const workflow = workflowOf(plan, plannedHandlers({ logbook, beginning: 1 }));
  const going = await begin(workflow, runId, { store, lease: longLease, by: 'start' });
  const sender = new SignalSender(run, draw);
  while (going.status === undefined) {
    await sender.send(store, 100);
    await Promise.race([going.finished, systemClock.sleep(20)]);
  }
  await going.finished;
  const entries = [...cut.after, ...logbook.read()];
  return [
    ...callComplaints(run, expected, entries, [{ entries: cut.after.length, stored }]),
    ...(await resultComplaints(store, run, expected)),
  ];
}

/** The outcomes that the power cut must have left. */
function acknowledged({ before, salt, pageBytes, goodBytes }: PowerCut, runId: string): string[] {
  return before.flatMap((entry) => {
    if (entry.what !== 'outcome' || entry.runId !== runId || entry.state !== 'recorded') return [];
    const { wal } = entry;
    // A log of another generation was before this one: all of it is in the database file.
    const isThere = wal?.salt !== salt || bytesOf(wal.frames, pageBytes) <= goodBytes;
    return isThere ? [entry.address] : [];
  });
}
