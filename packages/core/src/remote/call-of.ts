/**
 * An attempt of an action as a call that a queue can carry to another process.
 *
 * What the handler is given goes with the call where it is short; a long one is kept in the store with
 * what else is known of the action, until its outcome is recorded.
 * @module
 */
import { placeOf, placeOfIteration, statePath } from '../durable/place.ts';
import type { RunJournal } from '../durable/run-journal.ts';
import type { ActionState } from '../engine/action-state.ts';
import { idempotencyKey } from '../engine/idempotency-key.ts';
import type { ActionCall } from '../ports/executor.ts';
import type { Place } from '../ports/run-store.ts';
import { givenTo } from './given.ts';

/** Characters of what goes with a call. */
const longestGiven = 32_768;

/**
 * @throws {NotStorableError} `VALUE_NOT_STORABLE`: what the handler is given has no form for another process.
 */
export async function callOf(
  state: ActionState,
  attempt: number,
  journal: RunJournal,
): Promise<ActionCall> {
  const { run, sealing } = journal.parts;
  const { fullPath: path, fullAddress: address } = state;
  const text = await sealing.handedOver(givenTo(state, run), `What "${path}" is given`);
  const isShort = text.length <= longestGiven;
  if (!isShort) await journal.save(state, { handedOver: text });
  return {
    runId: run.runId,
    workflow: run.workflow,
    ...(run.version !== undefined && { version: run.version }),
    address,
    path,
    place: placeOfCall(state),
    attempt,
    idempotencyKey: idempotencyKey(state),
    given: isShort ? { text } : { statePath: statePath(state) },
  };
}

/** Where the outcome stands when it succeeds: the only action of an iteration stands for the iteration. */
function placeOfCall(state: ActionState): Place {
  const { frame } = state;
  const isWholeIteration =
    frame.body.nodes.length === 1 && frame.owner.state?.node.kind === 'forEach';
  return isWholeIteration ? placeOfIteration(frame) : placeOf(state);
}
