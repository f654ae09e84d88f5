/**
 * Brings back the iterations of a loop and the rounds of an until that have ended.
 * @module
 */
import type { Keep } from '../definition/definition.ts';
import type { ActionState } from '../engine/action-state.ts';
import type { BodyOwner } from '../engine/body-owner.ts';
import { Frame } from '../engine/frame.ts';
import type { EarlierRounds } from '../engine/journal.ts';
import type { ForEachExecution, LoopWindow } from '../engine/kinds/for-each-execution.ts';
import { ItemIdDuplicateError } from '../engine/kinds/item-key.ts';
import type { FrameQuery, StoredOutcome } from '../ports/run-store.ts';
import { RUNNING, type Status, statusBits, statuses } from '../status.ts';
import { statePath } from './place.ts';
import type { Revival } from './revival.ts';
import { StoredItems } from './stored-items.ts';

/** What a loop that keeps its failures keeps. */
export const unsuccessful: readonly Status[] = statuses.filter((status) => status !== 'Succeeded');

/** Where an iteration stands among the items; undefined for one that is not to be brought back. */
export type IndexOf = (outcome: StoredOutcome, indexThen: number | undefined) => number | undefined;

/** Where it stood when it ended. */
export const indexOfStored: IndexOf = (_, indexThen) => indexThen;

/** Which iterations a loop keeps, that keeps some. */
export function queryOfKept(keep: Exclude<Keep, 'summary'>): FrameQuery {
  return keep === 'failures' ? { statuses: unsuccessful } : {};
}

/** Iterations of a loop, in item order. */
export async function reviveIterations(
  revival: Revival,
  loop: LoopWindow,
  query: FrameQuery,
  indexOf: IndexOf,
): Promise<Frame[]> {
  const { owner } = loop;
  const state = owner.state as ActionState;
  const items = new StoredItems(revival.journal.parts, state);
  const frames: Frame[] = [];
  const { choose = (all) => all, values = 'all' } = revival.scope;
  for await (const outcome of choose(revival.outcomes(statePath(state), query))) {
    const { index: indexThen, item } = await revival.details(outcome, state);
    const { key } = outcome;
    const index = indexOf(outcome, typeof key === 'number' ? key : indexThen);
    if (index === undefined) continue;
    const itemAt = (): unknown => (typeof key === 'number' ? items.at(key) : item);
    const frame = new Frame(owner, index, values === 'all' ? await itemAt() : undefined);
    if (typeof key !== 'number') loop.identify(frame, key);
    await reviveInside(revival, frame, outcome);
    if (outcome.error !== undefined && frame.remaining === frame.states.length) {
      loop.noteError(index, outcome.error);
    }
    frames.push(frame);
  }
  return frames.sort((a, b) => a.index - b.index);
}

/** The rounds of an until, and the state that the last of them left. */
export async function reviveRounds(
  revival: Revival,
  until: BodyOwner,
  initial: unknown,
): Promise<EarlierRounds> {
  const { run, store } = revival.journal.parts;
  const state = until.state as ActionState;
  const frames: Frame[] = [];
  let value = initial;
  let isDone: boolean | undefined = false;
  for (const outcome of await store.readFrame(run.runId, statePath(state))) {
    const details = await revival.details(outcome, state);
    const frame = new Frame(until, Number(outcome.key), value);
    await reviveInside(revival, frame, outcome);
    frames.push(frame);
    value = details.value;
    isDone = details.unanswered ? undefined : (details.done ?? false);
  }
  return { frames, value, done: isDone };
}

/**
 * Fails the loop when the store has an outcome of another item with the same id. One of the same item
 * is there when a store that repeats its writes was asked again.
 */
export async function failOnSecondItem(revival: Revival, frame: Frame): Promise<void> {
  const { owner, index } = frame;
  const key = owner.iterationKey(frame);
  if (typeof key === 'number') return;
  const { run, store } = revival.journal.parts;
  const state = owner.state as ActionState;
  const [first] = await store.readFrame(run.runId, statePath(state), { keys: [key] });
  if (first === undefined) return;
  const details = await revival.details(first, state);
  if (details.index === index) return;
  (owner as ForEachExecution).failItems(new ItemIdDuplicateError(owner.path, index, key));
}

async function reviveInside(revival: Revival, frame: Frame, outcome: StoredOutcome): Promise<void> {
  // An attempt has reported it: it is the outcome of the only action in it.
  if (outcome.attempt > 0 && frame.body.nodes.length === 1) {
    await revival.state(frame.at(0), outcome);
  } else await revival.frame(frame);
  frame.remaining = frame.states.filter(({ bits }) => bits === RUNNING).length;
  frame.bits = statusBits(outcome.status);
}
