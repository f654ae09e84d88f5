/**
 * The records of loops: iterations in item order, and one entry for each action of the body with its
 * record in every iteration.
 * @module
 */
import type { Node } from '../definition/definition.ts';
import type { ActionError, Iteration, IterationCounts } from '../result.ts';
import {
  CANCELLED,
  FAILED,
  RUNNING,
  type Status,
  SUCCEEDED,
  statusName,
  TIMED_OUT,
} from '../status.ts';
import type { ActionRecord } from './action-record.ts';
import type { BodyOwner } from './body-owner.ts';
import { errorOfCause } from './explain.ts';
import type { Frame } from './frame.ts';
import { readSource } from './hand-over.ts';
import { SECURE } from './secure.ts';
import { decidingLeaf } from './verdict.ts';

/** What a body hands back at the end of an iteration. */
export function outputOf(frame: Frame): unknown {
  const { output } = frame.body;
  return output === undefined ? undefined : readSource(frame, output);
}

/** The iterations as users see them. */
export function iterationsOf(
  owner: BodyOwner,
  frames: readonly Frame[],
  errors?: ReadonlyMap<number, ActionError>,
): readonly Iteration<unknown>[] {
  return frames
    .filter((frame) => frame.bits !== RUNNING)
    .map((frame) => iterationOf(owner, frame, errors?.get(frame.index)));
}

function iterationOf(
  owner: BodyOwner,
  frame: Frame,
  error: ActionError | undefined,
): Iteration<unknown> {
  const secure = owner.state?.node.secureOutputs || owner.body.outputIsSecure;
  return {
    index: frame.index,
    item: owner.state?.node.secureInputs ? SECURE : frame.item,
    path: frame.path,
    status: statusName(frame.bits),
    ...(frame.bits === SUCCEEDED
      ? { outputs: secure ? SECURE : outputOf(frame) }
      : { error: error ?? iterationError(owner, frame) }),
    ...times(owner, ended(frame)),
    get results() {
      return ended(frame);
    },
  } as Iteration<unknown>;
}

function iterationError(owner: BodyOwner, frame: Frame): ActionError {
  if (owner.stop !== undefined && frame.bits !== FAILED) return owner.stop.reason;
  return errorOfCause(decidingLeaf(frame)) as ActionError;
}

function ended(frame: Frame): ActionRecord[] {
  return frame.states.filter((state) => state.bits !== RUNNING);
}

/** From the first start to the last end; the loop's own start where nothing ran. */
function times(
  owner: BodyOwner,
  records: readonly ActionRecord[],
): { startTime: Date; endTime: Date } {
  const own = owner.state?.startTime ?? new Date(owner.run.epoch);
  if (records.length === 0) return { startTime: own, endTime: own };
  return {
    startTime: new Date(Math.min(...records.map(({ startTime }) => startTime.getTime()))),
    endTime: new Date(Math.max(...records.map(({ endTime }) => endTime.getTime()))),
  };
}

/** One entry for each action of the body: its records in all iterations that were kept. */
export function repeatedRecords(
  owner: BodyOwner,
  frames: readonly Frame[],
): readonly ActionRecord[] {
  return owner.body.nodes.map((node) => {
    const repetitions = frames
      .map((frame) => frame.at(node.index))
      .filter((state) => state.bits !== RUNNING);
    return repeated(owner, node, repetitions);
  });
}

function repeated(
  owner: BodyOwner,
  node: Node,
  repetitions: readonly ActionRecord[],
): ActionRecord {
  const status = statusOf(repetitions);
  const deciding = repetitions.find((record) => record.status === status);
  const error = status === 'Succeeded' ? undefined : deciding?.error;
  const path = `${owner.path}/${node.name}`;
  return {
    name: node.name,
    path,
    kind: node.kind,
    status,
    code: error?.code ?? 'OK',
    criticality: node.criticality,
    inputs: [],
    outputs: undefined,
    error,
    ...times(owner, repetitions),
    trackingId: `${owner.run.id}/${path}`,
    clientTrackingId: owner.run.id,
    attempts: [],
    results: [],
    repetitions,
  };
}

const bySeverity: readonly Status[] = ['Failed', 'TimedOut', 'Cancelled', 'Succeeded', 'Skipped'];

/** The worst status among them; Succeeded where some ran, Skipped only where none did. */
function statusOf(records: readonly ActionRecord[]): Status {
  return bySeverity.find((status) => records.some((r) => r.status === status)) ?? 'Skipped';
}

/** Counts iterations by their status, as they end. */
export class IterationTally {
  #succeeded = 0;
  #failed = 0;
  #timedOut = 0;
  #cancelled = 0;

  add(bits: number): void {
    if (bits === SUCCEEDED) this.#succeeded++;
    else if (bits === FAILED) this.#failed++;
    else if (bits === TIMED_OUT) this.#timedOut++;
    else if (bits === CANCELLED) this.#cancelled++;
  }

  get unsuccessful(): number {
    return this.#failed + this.#timedOut + this.#cancelled;
  }

  counts(): IterationCounts {
    return {
      total: this.#succeeded + this.unsuccessful,
      Succeeded: this.#succeeded,
      Failed: this.#failed,
      TimedOut: this.#timedOut,
      Cancelled: this.#cancelled,
      Skipped: 0,
    };
  }
}

/** Counts iterations that are all kept. */
export function countsOf(frames: readonly Frame[]): IterationCounts {
  const tally = new IterationTally();
  for (const frame of frames) tally.add(frame.bits);
  return tally.counts();
}
