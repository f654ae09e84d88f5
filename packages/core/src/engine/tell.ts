/**
 * Tells a run's subscribers what happens. Without subscribers no event is made: each function looks
 * first whether somebody listens.
 * @module
 */
import type { ActionError } from '../result.ts';
import { FAILURE, type Status, type StatusBits, statusName } from '../status.ts';
import type { ActionState } from './action-state.ts';
import type { Frame } from './frame.ts';
import type { RunEngine } from './run-engine.ts';

export function tellRunStart(run: RunEngine): void {
  if (!run.events.listening) return;
  const { around } = run;
  const parent = around && { runId: around.frame.owner.run.id, path: around.path };
  run.events.emit({ type: 'run.started', ...runFacts(run), ...(parent && { parent }) });
}

export function tellRunEnd(run: RunEngine): void {
  if (!run.events.listening) return;
  const status = statusName(run.bits) as Status;
  run.events.emit({ type: 'run.ended', ...runFacts(run), status, error: run.root.error() });
}

/** The run goes on, or can go on, without this process. */
export function tellRunLeft(run: RunEngine, error: ActionError): void {
  if (run.events.listening) run.events.emit({ type: 'run.left', ...runFacts(run), error });
}

export function tellStart(state: ActionState): void {
  const { events } = state.frame.owner.run;
  if (events.listening) events.emit({ type: 'action.started', ...actionFacts(state) });
}

export function tellEnd(state: ActionState): void {
  const { events } = state.frame.owner.run;
  if (!events.listening) return;
  const facts = actionFacts(state);
  const { status, error } = state;
  const duration = state.ended - state.started;
  events.emit({ type: 'action.ended', ...facts, status, error, duration });
  if ((state.bits & FAILURE) !== 0 && state.node.criticality === 'important') {
    events.emit({ type: 'action.flagged', ...facts, status, error });
  }
}

export function tellAttemptStart(state: ActionState, attempt: number): void {
  const { events } = state.frame.owner.run;
  if (events.listening) events.emit({ type: 'attempt.started', ...actionFacts(state), attempt });
}

/** @param wait - milliseconds until the next attempt; undefined when there is none. */
export function tellAttemptEnd(
  state: ActionState,
  attempt: number,
  bits: StatusBits,
  error: ActionError | undefined,
  wait: number | undefined,
): void {
  const { events } = state.frame.owner.run;
  if (!events.listening) return;
  const status = statusName(bits) as Status;
  events.emit({ type: 'attempt.ended', ...actionFacts(state), attempt, status, error, wait });
}

export function tellIterationStart(frame: Frame): void {
  const { events } = frame.owner.run;
  if (events.listening) events.emit({ type: 'iteration.started', ...iterationFacts(frame) });
}

export function tellIterationEnd(frame: Frame): void {
  const { events } = frame.owner.run;
  if (!events.listening) return;
  const status = statusName(frame.bits) as Status;
  events.emit({ type: 'iteration.ended', ...iterationFacts(frame), status });
}

interface RunFacts {
  readonly runId: string;
  readonly workflow: string;
  readonly time: Date;
}

function runFacts(run: RunEngine): RunFacts {
  const time = new Date(run.now());
  return { runId: run.id, workflow: run.workflow.name, time };
}

interface ActionFacts extends RunFacts {
  readonly path: string;
  readonly address: string;
  readonly name: string;
  readonly kind: ActionState['kind'];
}

function actionFacts(state: ActionState): ActionFacts {
  const { path, name, kind, node } = state;
  return { ...runFacts(state.frame.owner.run), path, address: node.address, name, kind };
}

interface IterationFacts extends RunFacts {
  readonly path: string;
  readonly address: string;
  readonly loop: string;
  readonly index: number;
  readonly total: number | undefined;
}

function iterationFacts(frame: Frame): IterationFacts {
  const { owner, path, index } = frame;
  const { run, total } = owner;
  const { name: loop = '', node } = owner.state ?? {};
  return { ...runFacts(run), path, address: node?.address ?? '', loop, index, total };
}
