/**
 * Everything that a run has started, as one list: through containers, loops and child workflows, what
 * has ended and what still runs. No value that the run works on is in it.
 *
 * Invariant: each execution comes after the one around it, so a list can be read in one go.
 * @module
 */
import type { ActionError, IterationCounts } from '../../result.ts';
import { RUNNING, SKIPPED, type Status, SUCCEEDED, statusName } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import { BodyOwner } from '../body-owner.ts';
import type { Frame } from '../frame.ts';
import { bytesAsJson } from '../handlers/payload.ts';
import { ChildExecution } from '../kinds/child-execution.ts';
import type { RunEngine } from '../run-engine.ts';
import type { AttemptRecord, RecordKind } from './action-record.ts';
import { IterationRecord } from './iteration-record.ts';

/** One execution of an action or a container, or one iteration of a loop. */
export interface Execution {
  /** The identity in the run, such as `Orders[3]/Mail`, also through child workflows. */
  readonly path: string;
  /** The same without indexes; that of its loop for an iteration. */
  readonly address: string;
  readonly kind: RecordKind | 'iteration';
  readonly status: Status | 'Running';
  readonly error: ActionError | undefined;
  /** Milliseconds since 1970, as all times here. */
  readonly startTime: number;
  /** Undefined while it runs. */
  readonly endTime: number | undefined;
  readonly attempts: readonly AttemptRecord[];
  /** Of a loop: how its iterations ended, those that are not here among them. */
  readonly counts: IterationCounts | undefined;
  /** Of a loop: how many of its iterations have ended and are not here, because it did not keep them. */
  readonly left: number;
  /** Bytes of the output of an action as JSON, where outputs were measured; never of a secure one. */
  readonly payloadBytes: number | undefined;
}

const noAttempts: readonly AttemptRecord[] = Object.freeze([]);

/**
 * Gives all executions of a run to `visit`.
 *
 * @param payloads - outputs are measured.
 */
export function visitExecutions(
  run: RunEngine,
  payloads: boolean,
  visit: (execution: Execution) => void,
): void {
  new Walk(visit, payloads).run(run, '', '');
}

class Walk {
  readonly #visit: (execution: Execution) => void;
  readonly #payloads: boolean;

  constructor(visit: (execution: Execution) => void, payloads: boolean) {
    this.#visit = visit;
    this.#payloads = payloads;
  }

  /** `path` and `address` are those of the action around the run; empty for the outermost. */
  run({ root }: RunEngine, path: string, address: string): void {
    this.#frame(root.frame, path, address);
  }

  #frame(frame: Frame, path: string, address: string): void {
    const { length } = frame.body.nodes;
    for (let index = 0; index < length; index++) this.#state(frame.at(index), path, address);
  }

  /** @param around - the path of the frame that it is in. */
  #state(state: ActionState, around: string, addressAround: string): void {
    if (!hasBegun(state)) return;
    const { bits, detail, hasEnded } = state;
    const path = below(around, state.name);
    const address = below(addressAround, state.name);
    const { epoch } = state.frame.owner.run;
    const owner = detail instanceof BodyOwner ? detail : undefined;
    const frames = owner?.frames();
    const counts = detail?.counts?.();
    this.#visit({
      ...{ path, address, kind: state.kind },
      status: statusName(bits) ?? 'Running',
      error: state.error,
      startTime: epoch + state.started,
      endTime: hasEnded ? epoch + state.ended : undefined,
      attempts: hasEnded ? state.attempts : (detail?.attempts?.() ?? noAttempts),
      payloadBytes: this.#payloads ? payloadOf(state) : undefined,
      counts,
      left: Math.max(0, (counts?.total ?? 0) - endedIn(frames)),
    });
    if (bits === SKIPPED) return;
    if (owner !== undefined) this.#inside(owner, frames ?? [], path, address);
    const child = detail instanceof ChildExecution ? detail.child : undefined;
    if (child !== undefined) this.run(child, path, address);
  }

  #inside(owner: BodyOwner, frames: Iterable<Frame>, path: string, address: string): void {
    for (const frame of frames) {
      if (frame.index < 0) this.#frame(frame, path, address);
      else this.#iteration(frame, `${path}[${frame.index}]`, address);
    }
    for (const state of owner.lastPhase()) this.#state(state, path, address);
  }

  #iteration(frame: Frame, path: string, address: string): void {
    const hasEnded = frame.bits !== RUNNING;
    const { owner } = frame;
    const [started, ended] = spanOf(frame);
    this.#visit({
      ...{ path, address, kind: 'iteration' },
      status: statusName(frame.bits) ?? 'Running',
      error: hasEnded
        ? new IterationRecord(frame, false, owner.iterationErrors()).error
        : undefined,
      startTime: owner.run.epoch + started,
      endTime: hasEnded ? owner.run.epoch + ended : undefined,
      ...{ attempts: noAttempts, counts: undefined, left: 0, payloadBytes: undefined },
    });
    this.#frame(frame, path, address);
  }
}

/** From the first start in an iteration to the last end; where nothing has started, when its loop did. */
function spanOf(frame: Frame): readonly [started: number, ended: number] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const state of frame.states) {
    if (!hasBegun(state)) continue;
    first = Math.min(first, state.started);
    last = Math.max(last, state.ended);
  }
  const ofLoop = frame.owner.state?.started ?? 0;
  return first === Number.POSITIVE_INFINITY ? [ofLoop, ofLoop] : [first, last];
}

function payloadOf({ node, bits, value }: ActionState): number | undefined {
  if (node.kind !== 'action' || node.secureOutputs || bits !== SUCCEEDED) return undefined;
  try {
    return bytesAsJson(value);
  } catch {
    // It has no form as JSON, so it has no size either.
    return undefined;
  }
}

function hasBegun({ bits, detail, hasEnded }: ActionState): boolean {
  return hasEnded || (bits === RUNNING && detail !== undefined);
}

function below(around: string, name: string): string {
  return around === '' ? name : `${around}/${name}`;
}

function endedIn(frames: ReadonlySet<Frame> | undefined): number {
  let ended = 0;
  for (const { bits } of frames ?? []) if (bits !== RUNNING) ended++;
  return ended;
}
