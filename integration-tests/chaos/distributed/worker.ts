/**
 * One worker: a process that takes whatever runs and actions there are, and is killed sooner or later.
 *
 * Its only argument is a {@link DistributedTask} as JSON; ordeal.ts gives it. Read next: planned-run.ts, what its
 * handlers do.
 * @module
 */
import { distribute } from '@runafter/bullmq';
import { endWithParent } from '../harness/end-with-parent.ts';
import { isExpected } from '../lock/expected-faults.ts';
import type { DistributedBackend } from './backend.ts';
import { type PlannedRun, workflowName, workflowOf } from './planned-run.ts';
import { firstStepName, sagaName } from './saga-plans.ts';
import { type DistributedTask, type Order, queuePrefix, type Report } from './task.ts';
import { watchedStore } from './watched-store.ts';
import { type WorkEntry, WorkLog } from './work-log.ts';

endWithParent();
const task: DistributedTask = JSON.parse(process.argv[2] ?? '');
const { backend }: { readonly backend: DistributedBackend } = await import(task.backend);
const log = new WorkLog(task.workLog);
const { planted = (entry: WorkEntry) => [entry] } = backend;
const note = (entry: WorkEntry) => planted(entry).forEach(log.note);
const store = watchedStore(
  backend.openStore({ place: task.place as never, queues: task.queues }),
  note,
);
const workflows = new Map(task.plans.map((plan) => [plan, workflowOf(plan, note)]));
const { hostname: host, port } = new URL(task.queues);
// Short times: what a worker that was killed had in its hands is free again soon.
const shortTimes = { lease: '2s', sweep: '2s' } as const;
const distribution = distribute([...workflows.values()], {
  connection: { host, port: Number(port) },
  store,
  prefix: queuePrefix,
  // Some actions have a queue of their own, as in real life.
  queues: { reserve: { actions: task.plans.map(firstStep), priority: 1 } },
  ...shortTimes,
});
process.on('message', (order: Order) => {
  if (order.kind === 'start') void begin(order.run);
  else void end();
});
await distribution.work({ eager: task.eager });
tell({ kind: 'ready' });

/** Of the saga in the workflow's own body; every saga has it. */
function firstStep(plan: string): string {
  return `${workflowName(plan)}/${sagaName}/${firstStepName}`;
}

/** A run that could not be begun is asked for again, here or elsewhere. */
async function begin({ runId, plan }: PlannedRun): Promise<void> {
  const workflow = workflows.get(plan);
  if (workflow === undefined) throw new Error(`There is no workflow of the plan ${plan}.`);
  try {
    await distribution.start(workflow, undefined, { runId });
    tell({ kind: 'started', runId });
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

/** Nothing that is left open may keep the process alive. */
async function end(): Promise<void> {
  await distribution.close({ drain: '10s' });
  await store.close();
}

function tell(report: Report): void {
  process.send?.(report);
}
