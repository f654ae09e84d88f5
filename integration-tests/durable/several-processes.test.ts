/**
 * Several processes want to do the same runs of one database: each run is done by one of them at a time,
 * whatever becomes of the others.
 *
 * What happened is read from the logbook, in which the lines of all processes stand in the order in which
 * they were written, and from what the store says; no clock is asked who came first.
 */
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { seededDraw } from '../../packages/core/test/model/draw.ts';
import { expectRun } from '../../packages/core/test/model/oracle.ts';
import { temporaryFolder } from '../workspace/temporary-folder.ts';
import { type Entry, Logbook } from './logbook.ts';
import { parcels } from './parcels.ts';
import { killPrograms, Program } from './program.ts';
import { callComplaints, resultComplaints } from './run-complaints.ts';
import type { RunToDo, Task } from './runs-to-do.ts';
import { SignalSender } from './signal-sender.ts';

const worker = new URL('./programs/work-on-runs.ts', import.meta.url);
const expected = expectRun(parcels);

afterAll(killPrograms);

describe('several processes', { timeout: 120_000 }, () => {
  it.each([2, 4])('%i of them that start the same 24 runs do each once', async (count) => {
    // Long: a busy machine must not be taken for a dead process.
    const { runs, store, logbook, work, receipts } = workplace(24, 30_000);
    const programs = Array.from({ length: count }, (_, index) =>
      // Each begins somewhere else.
      work('start', rotated(runs, (index * runs.length) / count), 4),
    );
    await receipts(() => programs.every(({ isOver }) => isOver));

    await expectGoodEnds(programs);
    const entries = logbook.read();
    expect(await complaintsAbout(runs, store, entries)).toEqual([]);
    expect(handovers(entries), 'runs that another process went on with').toEqual([]);
    expect(workersOf(entries), 'processes that had something to do').toBeGreaterThan(1);
  });

  it('two of them that resume all runs of a dead one do each once', async () => {
    const { runs, store, logbook, work, receipts } = workplace(16, 1_000);
    const first = work('start', runs);
    await first.until(() => first.count('call') >= 40);
    first.kill('SIGKILL');
    await first.ended;
    const programs = [work('resumeAll', runs), work('resumeAll', runs)];
    await receipts(() => programs.every(({ isOver }) => isOver));

    await expectGoodEnds(programs);
    expect(await complaintsAbout(runs, store, logbook.read(), [first.pid])).toEqual([]);
  });

  it('a process that is killed is followed by another one when its lease is over', async () => {
    const lease = 2_000;
    const { runs, store, logbook, work, receipts } = workplace(8, lease);
    const first = work('start', runs);
    await first.until(() => first.count('call') >= 20);
    const second = work('start', [...runs].reverse());
    await second.until(() => second.said.includes('ready'));
    first.kill('SIGKILL');
    await first.ended;
    const left = new Map<string, number>();
    for await (const run of store.listRuns({ status: 'Running' })) {
      if (isHeldBy(first.pid, run.runId, logbook.read())) {
        left.set(run.runId, Number(run.lease?.expiresAt));
      }
    }
    await receipts(() => second.isOver);

    await expectGoodEnds([second]);
    const entries = logbook.read();
    expect(await complaintsAbout(runs, store, entries, [first.pid])).toEqual([]);
    expect(left.size, 'runs that the first process has left').toBeGreaterThan(0);
    for (const [runId, expiresAt] of left) {
      const grant = grantsOf(runId, entries).find(({ pid }) => pid === second.pid);
      const after = Number(grant?.at) - expiresAt;
      expect(after, `${runId}: milliseconds after the lease`).toBeGreaterThanOrEqual(0);
      expect(after, `${runId}: milliseconds after the lease`).toBeLessThan(tolerance);
    }
  });

  it('a process that was stopped for longer than its lease has lost its runs', async () => {
    const { runs, store, logbook, work, receipts, database } = workplace(4, 600);
    const first = work('start', runs);
    await first.until(() => first.count('call') >= 30);
    await stopBetweenWrites(first, database);
    const second = work('start', runs);
    // The second one does all there is to do, and waits for the receipts.
    const isDone = () => runs.every(({ runId }) => isDoneBy(second.pid, runId, logbook.read()));
    await vi.waitUntil(() => isDone() || second.isOver, { timeout: 90_000, interval: 50 });

    for (const { runId } of runs) {
      const token = Number(
        grantsOf(runId, logbook.read()).find(({ pid }) => pid === first.pid)?.token,
      );
      expect(await answersTo(store, runId, token)).toEqual(refused);
    }
    first.kill('SIGCONT');
    await first.until(() => runs.every(({ runId }) => first.said.includes(`lost ${runId}`)));
    await receipts(() => first.isOver && second.isOver);

    await expectGoodEnds([first, second]);
    const entries = logbook.read();
    expect(await complaintsAbout(runs, store, entries, [first.pid])).toEqual([]);
    for (const { runId } of runs) {
      const takeover = entries.findIndex(
        (entry) => entry.what === 'granted' && entry.runId === runId && entry.pid === second.pid,
      );
      const late = entries.slice(takeover).filter((entry) => entry.pid === first.pid);
      expect(late.filter((entry) => counts(entry, runId))).toEqual([]);
    }
  });
});

/** Milliseconds: whoever waits looks at least once a second; the rest is for a busy machine. */
const tolerance = 5_000;

/** Some runs of the parcels in a database, and who works on them. */
function workplace(count: number, lease: number) {
  const folder = temporaryFolder({});
  const database = join(folder, 'runs.db');
  const logbook = new Logbook(join(folder, 'logbook'));
  const runs = Array.from({ length: count }, (_, index) => ({
    ...{ runId: `run-${index}`, plan: 'parcels' },
  }));
  const store = sqliteRunStore(database);
  onTestFinished(() => store.close());
  const senders = runs.map((run) => new SignalSender(run, seededDraw(run.runId)));
  return {
    ...{ runs, store, logbook, database },
    work(by: Task['by'], runs: readonly RunToDo[], atOnce = runs.length): Program {
      const task: Task = { database, logbook: logbook.file, runs, by, lease, atOnce };
      return new Program(worker, task);
    },
    /** Gives receipts, for which all runs wait, until it is so. */
    async receipts(isSo: () => boolean): Promise<void> {
      while (!isSo()) {
        for (const sender of senders) await sender.send(store, 50);
        await systemClock.sleep(20);
      }
    },
  };
}

/** Stopped within a transaction, it would keep everybody else out, as SQLite has it. */
async function stopBetweenWrites(program: Program, database: string): Promise<void> {
  const store = sqliteRunStore(database, { busyTimeout: 0 });
  for (let isWriting = true; isWriting; ) {
    program.kill('SIGSTOP');
    await systemClock.sleep(50);
    isWriting = await store.deleteRun('nobody').catch(() => true);
    if (isWriting) program.kill('SIGCONT');
  }
  await store.close();
}

function rotated<T>(list: readonly T[], by: number): T[] {
  return [...list.slice(by), ...list.slice(0, by)];
}

async function expectGoodEnds(programs: readonly Program[]): Promise<void> {
  const ends = await Promise.all(programs.map(({ ended }) => ended));
  const good = { code: 0, signal: null, complaint: '' };
  expect(ends).toEqual(programs.map(() => good));
}

/** @param dead - processes that did not live to see the end of what they did, or that it did not count. */
async function complaintsAbout(
  runs: readonly RunToDo[],
  store: RunStore,
  entries: readonly Entry[],
  dead: readonly number[] = [],
): Promise<string[]> {
  const complaints = [...overlaps(entries, dead), ...repetitions(entries)];
  for (const run of runs) {
    complaints.push(...callComplaints(run, expected, entries, []));
    complaints.push(...(await resultComplaints(store, run, expected)));
    const ends = entries.filter(
      (entry) => entry.what === 'ended' && entry.kept && entry.runId === run.runId,
    );
    if (ends.length !== 1) complaints.push(`${run.runId}: was ended ${ends.length} times`);
  }
  return complaints.slice(0, 20);
}

/** Handlers of a run that were called while those of another process were running. */
function* overlaps(entries: readonly Entry[], dead: readonly number[]): Generator<string> {
  const open = new Map<string, Map<number, number>>();
  for (const entry of entries) {
    if (entry.what !== 'begins' && entry.what !== 'ends') continue;
    const { runId, pid, what, address } = entry;
    const ofRun = open.get(runId) ?? new Map<number, number>();
    open.set(runId, ofRun);
    ofRun.set(pid, (ofRun.get(pid) ?? 0) + (what === 'begins' ? 1 : -1));
    const others = [...ofRun].filter(([other, calls]) => other !== pid && calls > 0);
    const living = others.filter(([other]) => !dead.includes(other));
    if (what === 'begins' && living.length > 0)
      yield `${address}: ${pid} and ${living[0]?.[0]} at once`;
  }
}

/** Outcomes that were recorded more than once. */
function* repetitions(entries: readonly Entry[]): Generator<string> {
  const recorded = new Set<string>();
  for (const entry of entries) {
    if (entry.what !== 'outcome' || entry.state !== 'recorded') continue;
    if (recorded.has(entry.address)) yield `${entry.address}: was recorded twice`;
    recorded.add(entry.address);
  }
}

/** The runs in which handlers of more than one process were called. */
function handovers(entries: readonly Entry[]): string[] {
  const workers = new Map<string, Set<number>>();
  for (const entry of entries) {
    if (entry.what !== 'begins') continue;
    workers.set(entry.runId, (workers.get(entry.runId) ?? new Set()).add(entry.pid));
  }
  return [...workers].filter(([, pids]) => pids.size > 1).map(([runId]) => runId);
}

function workersOf(entries: readonly Entry[]): number {
  return new Set(entries.flatMap((entry) => (entry.what === 'begins' ? [entry.pid] : []))).size;
}

function grantsOf(runId: string, entries: readonly Entry[]) {
  return entries.filter((entry) => entry.what === 'granted').filter((one) => one.runId === runId);
}

function isHeldBy(pid: number, runId: string, entries: readonly Entry[]): boolean {
  return grantsOf(runId, entries).at(-1)?.pid === pid;
}

/** All that comes before the receipt has been recorded, the last of it by this process. */
function isDoneBy(pid: number, runId: string, entries: readonly Entry[]): boolean {
  const end = entries.find(
    (entry) => entry.what === 'outcome' && entry.address === `${runId}/Parcels`,
  );
  return end?.pid === pid;
}

/** Whether an entry is about something that has taken effect in the run. */
function counts(entry: Entry, runId: string): boolean {
  if (entry.runId !== runId) return false;
  if (entry.what === 'outcome') return entry.state !== 'fenced';
  return entry.what === 'ended' && entry.kept;
}

/** What the store says to whoever writes with an old token. */
async function answersTo(store: RunStore, runId: string, token: number) {
  const writer = { runId, token };
  const place = { frame: '', key: 'Archive' };
  const outcome = { ...place, status: 'Succeeded', attempt: 1, startTime: 0, endTime: 0 } as const;
  return {
    recordOutcome: await store.recordOutcome(writer, { outcome }),
    saveState: await store.saveState(writer, 'Archive', 'state'),
    renewLease: await store.renewLease(writer, 1_000),
    endRun: await store.endRun(writer, { status: 'Failed', endTime: 0 }),
  };
}

const refused = { recordOutcome: 'fenced', saveState: false, renewLease: false, endRun: false };
