/**
 * How a run stands at one moment: its definition, everything that it has started, and why it ended as it
 * did. What draws or lists a run reads this, and the same is there of a run in memory and of one in a
 * store.
 *
 * Invariant: none of the values that the run works on is in it.
 * Read next: durable/read-snapshot.ts, for a run in a store.
 * @module
 */
import { type ListedNode, listNodes } from './definition/node-list.ts';
import type { Usage } from './engine/records/digest.ts';
import { type Execution, visitExecutions } from './engine/records/executions.ts';
import type { Explanation } from './engine/records/explain.ts';
import type { RunEngine } from './engine/run-engine.ts';
import type { ActionError } from './result.ts';
import type { Run } from './run.ts';
import { RunOptionError } from './run-errors.ts';
import type { StartedRun } from './started-run.ts';
import { RUNNING, type Status } from './status.ts';

export interface RunSnapshot {
  readonly runId: string;
  readonly workflow: string;
  readonly version: string | undefined;
  readonly status: Status | 'Running';
  readonly error: Pick<ActionError, 'code' | 'message'> | undefined;
  readonly startTime: Date;
  /** Its end; while it goes on, the moment of the snapshot. */
  readonly endTime: Date;
  /** Everything in the definition, each after what it runs after, containers before what is inside. */
  readonly nodes: readonly ListedNode[];
  /** Everything that has started, containers before what is inside, in no order of time. */
  readonly executions: readonly Execution[];
  /** Which leaf decided the status, and by which chain of actions. */
  readonly explanation: Explanation;
  readonly usage: Usage;
}

export interface SnapshotOptions {
  /** Measures the outputs of actions as JSON; secure ones never. Default false. */
  readonly payloads?: boolean;
}

/**
 * A snapshot of a run in this process, ended or not.
 *
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: not a run that `start()` or `resume()` gave.
 * @example
 * const { nodes, executions } = snapshot(run);
 */
export function snapshot(run: Run<unknown>, options: SnapshotOptions = {}): RunSnapshot {
  if (!isStarted(run)) {
    throw new RunOptionError('run', run, 'is not a run. Pass what start() or resume() returned.');
  }
  const { engine, status } = run;
  return snapshotOf(engine, {
    status: status ?? 'Running',
    error: status === undefined || status === 'Succeeded' ? undefined : engine.root.error(),
    explanation: run.why(),
    payloads: options.payloads ?? false,
  });
}

/** Known by what it has: it may come from another copy of this package. */
function isStarted(run: unknown): run is StartedRun<unknown> {
  return typeof run === 'object' && run !== null && 'engine' in run;
}

/** How a run has ended, or that it has not. */
type Ending = Pick<RunSnapshot, 'status' | 'error' | 'explanation'>;

export function snapshotOf(
  engine: RunEngine,
  { status, error, explanation, payloads }: Ending & Required<SnapshotOptions>,
): RunSnapshot {
  const executions: Execution[] = [];
  visitExecutions(engine, payloads, (execution) => executions.push(execution));
  const { name, version } = engine.workflow;
  const now = engine.clock.now();
  const hasBegun = engine.epoch !== 0 || executions.length > 0 || engine.bits !== RUNNING;
  const startTime = hasBegun ? engine.epoch : now;
  const endTime = status === 'Running' ? now : startTime + engine.ended;
  return {
    ...{ runId: engine.id, workflow: name, version, status },
    error: error && { code: error.code, message: error.message },
    ...{ startTime: new Date(startTime), endTime: new Date(Math.max(startTime, endTime)) },
    ...{ nodes: listNodes(engine.workflow), executions, explanation },
    usage: engine.digest().usage(),
  };
}
