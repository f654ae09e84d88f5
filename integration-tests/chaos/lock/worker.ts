/**
 * The program of a worker: it works at several locks at once, until it is told to end or killed. Now and then
 * it is told to keep what it holds; then it is paused.
 *
 * Its only argument is a {@link LockTask} as JSON; trial.ts gives it. Read next: lane.ts, what is done at each
 * lock; vigil.ts, how it is kept.
 * @module
 */
import { join } from 'node:path';
import { seededRandom } from '@runafter/clock';
import { endWithParent } from '../harness/end-with-parent.ts';
import type { LockBackend } from './backend.ts';
import { classify } from './expected-faults.ts';
import { Journal } from './journal.ts';
import { Lane, type LanePace } from './lane.ts';
import type { ChaosOp, ChaosResult } from './operations.ts';
import type { LockTask, Order, Report } from './task.ts';
import { Vigil } from './vigil.ts';

endWithParent();
await run(JSON.parse(process.argv[2] ?? ''));

async function run(task: LockTask): Promise<void> {
  const { backend }: { readonly backend: LockBackend } = await import(task.backend);
  const name = `${task.worker}.${process.pid}`;
  using journal = new Journal<ChaosOp, ChaosResult>(join(task.folder, name), classify);
  await using lock = await backend.openLock(task.place as never);
  await using documents = await backend.openDocuments(task.place as never);
  const vigil = new Vigil(task, backend.ttl, tell);
  const end = new AbortController();
  process.on('message', (order: Order) => {
    if (order === 'keep') vigil.begin();
    else end.abort();
  });
  tell({ kind: 'ready' });
  const onWrote = (lane: number, token: bigint) =>
    tell({ kind: 'wrote', lane, token: String(token) });
  const lanes = Array.from({ length: task.lanes }, (_, lane) => {
    const random = seededRandom(`${task.seed} ${task.worker} ${lane}`);
    const tools = { lock, documents, journal, vigil, random, process: name, onWrote };
    return new Lane(lane, tools, paceOf(lane, task, backend));
  });
  await Promise.all(lanes.map((lane) => lane.work(end.signal)));
}

/** Where nothing is kept there is nearly always somebody who holds and somebody who waits, to be killed. */
function paceOf(lane: number, { keepers }: LockTask, { ttl, rest }: LockBackend): LanePace {
  return lane < keepers ? { ttl, rest, hold: 20 } : { ttl, rest: rest / 10, hold: 100 };
}

function tell(report: Report): void {
  process.send?.(report);
}
