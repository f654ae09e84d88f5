/**
 * What a handler is given, as data: put together by the process that schedules its run, read by the one
 * that calls it.
 * @module
 */
import { looksUp } from '../definition/data-form/context-only.ts';
import type { ActionNode } from '../definition/definition.ts';
import type { ActionState } from '../engine/action-state.ts';
import { resultOf } from '../engine/hand-over.ts';
import { FlowContext, readableFrom } from '../engine/handlers/flow-context.ts';
import type { StoredRun } from '../ports/run-store.ts';
import type { Result } from '../result.ts';

/** All of it is plain data, once it was read. */
export interface Given {
  /** The values that the runAfter list hands over. */
  readonly handed: readonly unknown[];
  /** The input of its run; or when the run began whose input is to be read from the store. */
  readonly input: { readonly value: unknown } | { readonly began: number };
  readonly item?: unknown;
  readonly state?: unknown;
  readonly index?: number | undefined;
  /** Of an action in a child workflow: the child's run, and the action's path in it. */
  readonly child?: { readonly runId: string; readonly path: string };
  /** Of a function that looks others up: what it can find, by name. */
  readonly results?: Readonly<Record<string, Result<unknown>>>;
}

/** Characters of an input that is repeated in every call. */
const longestInput = 4_096;

export function givenTo(state: ActionState, stored: StoredRun): Given {
  const { frame, handed, path } = state;
  const { run } = frame.owner;
  const { item, state: round, index } = new FlowContext(state);
  const isChild = run.around !== undefined;
  const isInStore = !isChild && stored.input.length > longestInput;
  return {
    handed,
    input: isInStore ? { began: stored.startTime } : { value: run.input },
    ...(item !== undefined && { item }),
    ...(round !== undefined && { state: round }),
    ...(index !== undefined && { index }),
    ...(isChild && { child: { runId: run.id, path } }),
    ...(looksUp((state.node as ActionNode).run) && { results: resultsFor(state) }),
  };
}

function resultsFor(state: ActionState): NonNullable<Given['results']> {
  const results = [...readableFrom(state)].map((known) => [known.name, resultOf(known)]);
  return Object.fromEntries(results) as NonNullable<Given['results']>;
}
