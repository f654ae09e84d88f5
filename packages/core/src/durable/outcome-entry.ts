/**
 * What the store is told of something that has ended: its outcome, and what else is to be known of it.
 * @module
 */
import type { ForEachNode } from '../definition/definition.ts';
import type { ActionState } from '../engine/action-state.ts';
import { BodyOwner } from '../engine/body-owner.ts';
import type { Frame } from '../engine/frame.ts';
import type { ActionRecord, AttemptRecord } from '../engine/records/action-record.ts';
import { IterationRecord } from '../engine/records/iteration-record.ts';
import type { OutcomeEntry, Place, StoredOutcome } from '../ports/run-store.ts';
import { SUCCEEDED } from '../status.ts';
import { placeOf, placeOfIteration } from './place.ts';
import { isSecure, type Sealing } from './sealing.ts';

/** More than an outcome has fields for; absent where there is nothing to tell. */
export interface OutcomeDetails {
  /** Where the handler was called more than once. */
  readonly attempts?: readonly AttemptRecord[];
  readonly unsettled?: true;
  /** A container's error is its own, and not that of something inside. */
  readonly own?: true;
  /** What the kind of a container keeps of it. */
  readonly kept?: unknown;
  /** Of an iteration over a stream. */
  readonly index?: number;
  readonly item?: unknown;
  /** Of a round: the state after it, and whether it was the last one. */
  readonly value?: unknown;
  readonly done?: true;
  /** Of a round: whether it was the last one could not be told. */
  readonly unanswered?: true;
}

/** Of an iteration over a stream, what is read of it after a restart. */
export function iterationDetailsOf(frame: Frame): OutcomeDetails | undefined {
  const { owner, index, item, bits } = frame;
  if (typeof owner.iterationKey(frame) === 'number') return undefined;
  const { node } = owner.state as ActionState;
  const { keep } = node as ForEachNode;
  // Of those that are not kept, the first that failed explains the loop.
  const isKept = keep === 'all' || bits !== SUCCEEDED;
  return isKept ? { index, item } : { index };
}

/** The details of an action or container that has ended; undefined where there is nothing to tell. */
export function detailsOf(state: ActionState): OutcomeDetails | undefined {
  const { detail, bits, value } = state;
  const ofIteration = standsForIteration(state) ? iterationDetailsOf(state.frame) : undefined;
  const attempts = detail?.attempts?.();
  const kept = detail instanceof BodyOwner ? detail.kept() : undefined;
  const own = bits !== SUCCEEDED && value !== undefined && detail?.records !== undefined;
  if (detail === undefined && ofIteration === undefined) return undefined;
  const details: OutcomeDetails = {
    ...ofIteration,
    ...(attempts && { attempts }),
    ...(detail?.unsettled && { unsettled: true }),
    ...(own && { own }),
    ...(kept !== undefined && { kept }),
  };
  return Object.keys(details).length === 0 ? undefined : details;
}

/**
 * Whether the outcome of the only action of an iteration stands for the iteration too: most loops have
 * such a body, and need one row for each item.
 */
export function standsForIteration({ frame, bits, node }: ActionState): boolean {
  return (
    bits === SUCCEEDED &&
    node.kind === 'action' &&
    frame.body.nodes.length === 1 &&
    frame.owner.state?.node.kind === 'forEach'
  );
}

/**
 * Whether the details of an outcome may tell a secret. Those of an iteration tell the item, which need
 * not be one where its only action is secure, and attempts, whose errors quote nothing.
 */
export function hasSecretDetails(state: ActionState): boolean {
  const isIteration = standsForIteration(state);
  return isIteration ? hasSecretItems(state.frame.owner.state as ActionState) : isSecure(state);
}

/** Whether what the iterations of a loop, or the rounds of an until, were given is secret. */
export function hasSecretItems(state: ActionState): boolean {
  return state.node.kind === 'forEach' ? state.node.secureItems : isSecure(state);
}

/**
 * The details as text. An item that cannot be stored is left out: a loop that keeps its items has
 * refused it before, and any other one can do without.
 */
export function encodeDetails(
  sealing: Sealing,
  details: OutcomeDetails | undefined,
  secure: boolean,
  what: string,
): string | undefined {
  if (details === undefined) return undefined;
  try {
    return sealing.encode(details, secure, what);
  } catch (error) {
    if (details.item === undefined) throw error;
    return sealing.encode({ ...details, item: undefined }, secure, what);
  }
}

/** The outcome of an action or container. `outputs` and `details` as they are stored. */
export function entryOf(
  state: ActionState,
  outputs: string | undefined,
  details: string | undefined,
): OutcomeEntry {
  const place = standsForIteration(state) ? placeOfIteration(state.frame) : placeOf(state);
  const attempt = state.attempts.at(-1)?.number ?? 0;
  return { outcome: outcomeAt(place, attempt, state, outputs, details) };
}

type Ended = Pick<ActionRecord, 'status' | 'error' | 'startTime' | 'endTime'>;

function outcomeAt(
  place: Place,
  attempt: number,
  { status, error, startTime, endTime }: Ended,
  outputs: string | undefined,
  details: string | undefined,
): StoredOutcome {
  return {
    ...place,
    status,
    attempt,
    ...(outputs !== undefined && { outputs }),
    ...(error && { error: { code: error.code, message: error.message } }),
    startTime: startTime.getTime(),
    endTime: endTime.getTime(),
    ...(details !== undefined && { details }),
  };
}

/** The outcome of an iteration of a loop, or of a round of an until. */
export function iterationEntryOf(frame: Frame, details: string | undefined): OutcomeEntry {
  const record = new IterationRecord(frame, false, frame.owner.iterationErrors());
  return { outcome: outcomeAt(placeOfIteration(frame), 0, record, undefined, details) };
}
