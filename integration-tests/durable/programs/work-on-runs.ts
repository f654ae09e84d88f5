/**
 * Works on the runs of a database until all of them have ended; then it has nothing left and exits.
 *
 * It says `ready`, then `call` for each handler that begins, `lost RUN` when it does not hold a run any
 * more, and `ended RUN STATUS`.
 * @module
 */
import { type Run, RunLostError, resumeAll } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';
import { Logbook } from '../logbook.ts';
import { observedStore } from '../observed-store.ts';
import { plannedHandlers } from '../planned-handlers.ts';
import { begin, type RunToDo, type Task, workflowOf } from '../runs-to-do.ts';
import { watchLog } from '../write-ahead-log.ts';

const task = JSON.parse(String(process.argv[2])) as Task;
const { database, runs, lease, by, atOnce = runs.length, withPositions = false } = task;
const logbook = new Logbook(task.logbook);
const store = observedStore(
  sqliteRunStore(database, { signalPoll: '20ms' }),
  logbook,
  withPositions ? watchLog(database) : undefined,
);

const left = [...runs];

say('ready');
if (by === 'resumeAll') await resumeUntilNoneIsLeft(runs);
else await Promise.all(Array.from({ length: atOnce }, () => workOnNext(by)));

async function workOnNext(by: 'start' | 'resume'): Promise<void> {
  for (let run = left.shift(); run !== undefined; run = left.shift()) await workOn(run, by);
}

/** Whoever loses a run begins it again, as a program does that wants to see its end. */
async function workOn({ runId, plan }: RunToDo, by: 'start' | 'resume'): Promise<void> {
  for (let beginning = 0; ; beginning++) {
    const beginningRun = begin(workflow(plan, beginning), runId, { by, store, lease });
    if (await isSeenToItsEnd(runId, beginningRun)) return;
  }
}

async function resumeUntilNoneIsLeft([first]: readonly RunToDo[]): Promise<void> {
  if (first === undefined) return;
  for (let beginning = 0; ; beginning++) {
    const definition = workflow(first.plan, beginning);
    const { resumed, held, refused } = await resumeAll([definition], { store, lease });
    for (const { error } of refused) throw error;
    await Promise.all(resumed.map((run) => isSeenToItsEnd(run.id, run)));
    if (resumed.length === 0 && held.length === 0) return;
  }
}

/** A lease as short as here may be lost while the run is opened, too. */
async function isSeenToItsEnd(
  runId: string,
  begun: Run<unknown> | Promise<Run<unknown>>,
): Promise<boolean> {
  try {
    const { finished } = await begun;
    const { status } = await finished;
    say(`ended ${runId} ${status}`);
    return true;
  } catch (error) {
    if (!(error instanceof RunLostError)) throw error;
    logbook.write({ what: 'lost', pid: process.pid, runId });
    say(`lost ${runId}`);
    return false;
  }
}

function workflow(plan: string, beginning: number) {
  const onCall = () => say('call');
  return workflowOf(plan, plannedHandlers({ logbook, beginning, onCall }));
}

/** A pipe is written to at once, so whatever is said is heard, also when the process is killed. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
