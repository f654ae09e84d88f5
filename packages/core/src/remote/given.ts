/**
 * What a handler is given, as data: put together by the process that schedules its run, read by the one
 * that calls it.
 * @module
 */
import { isAncestor } from '../definition/ancestors.ts';
import { looksUp } from '../definition/data-form/context-only.ts';
import type { ActionNode } from '../definition/definition.ts';
import { ActionState } from '../engine/action-state.ts';
import type { Frame } from '../engine/frame.ts';
import { resultOf } from '../engine/hand-over.ts';
import { FlowContext } from '../engine/handlers/flow-context.ts';
import type { Result } from '../result.ts';

/** All of it is plain data. */
export interface Given {
  /** The values that the runAfter list hands over. */
  readonly handed: readonly unknown[];
  /** The input of its run; absent where the store has it, with the run. */
  readonly input?: { readonly value: unknown };
  readonly item?: unknown;
  readonly state?: unknown;
  readonly index?: number | undefined;
  /** Of an action in a child workflow: the child's run, and the action's path in it. */
  readonly child?: { readonly runId: string; readonly path: string };
  /** Of a function that looks others up: what it can find, by name. */
  readonly results?: Readonly<Record<string, Result<unknown>>>;
}

/** @param withInput - the input of a run that the store has is left out where it is long. */
export function givenTo(state: ActionState, withInput: boolean): Given {
  const { frame, handed } = state;
  const { run } = frame.owner;
  const { item, state: round, index } = new FlowContext(state);
  return {
    handed: handed.map(asData),
    ...((withInput || run.around !== undefined) && { input: { value: run.input } }),
    ...(item !== undefined && { item }),
    ...(round !== undefined && { state: round }),
    ...(index !== undefined && { index }),
    ...(run.around !== undefined && { child: { runId: run.id, path: state.path } }),
    ...(looksUp((state.node as ActionNode).run) && { results: resultsAround(state) }),
  };
}

/** A result that is handed over, with the real outputs that its JSON form hides where they are secure. */
function asData(value: unknown): unknown {
  if (!(value instanceof ActionState)) return value;
  const { outputs, iterations } = value;
  return { ...value.toJSON(), outputs, ...(iterations && { iterations }) };
}

/** The nearest of each name that has certainly ended before this one. */
function resultsAround(state: ActionState): Record<string, Result<unknown>> {
  const results: Record<string, Result<unknown>> = {};
  let reader: number | undefined = state.node.index;
  let frame: Frame | undefined = state.frame;
  while (frame !== undefined) {
    for (const known of frame.states) {
      const { index, name } = known.node;
      if (!known.hasEnded || Object.hasOwn(results, name)) continue;
      if (reader !== undefined && !isAncestor(frame.body, index, reader)) continue;
      results[name] = asData(resultOf(known)) as Result<unknown>;
    }
    const around: ActionState | undefined = frame.owner.state;
    reader = around?.node.index;
    frame = around?.frame;
  }
  return results;
}
