/**
 * The records of loops: iterations in item order, and one entry for each action of the body with its
 * record in every iteration.
 * @module
 */
import type { Node } from '../../definition/definition.ts';
import type { ActionError, Iteration } from '../../result.ts';
import { RUNNING, type Status } from '../../status.ts';
import type { BodyOwner } from '../body-owner.ts';
import type { Frame } from '../frame.ts';
import type { ActionRecord } from './action-record.ts';
import { IterationRecord } from './iteration-record.ts';
import { spanOf } from './span.ts';

/**
 * The iterations as users see them.
 *
 * @param real - with their secure values, as edges hand them over; records show markers in their place.
 */
export function iterationsOf(
  frames: readonly Frame[],
  real: boolean,
  errors?: ReadonlyMap<number, ActionError>,
): readonly Iteration<unknown>[] {
  return frames
    .filter((frame) => frame.bits !== RUNNING)
    .map((frame) => new IterationRecord(frame, real, errors) as unknown as Iteration<unknown>);
}

/** One entry for each action of the body: its records in all iterations that were kept. */
export function repeatedRecords(
  owner: BodyOwner,
  frames: readonly Frame[],
): readonly ActionRecord[] {
  return owner.body.nodes.map((node) => {
    const repetitions = frames
      .map((frame) => frame.at(node.index))
      .filter((state) => state.hasEnded);
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
    ...spanOf(owner, repetitions),
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
