/**
 * Reads a runAfter list: what an action waits for, and what it is handed.
 *
 * Invariant: every edge comes from an action that stands earlier in the same body. So a definition
 * written with handles cannot have a cycle, and the nodes are in topological order as they come.
 * @module
 */

import { SUCCEEDED } from '../../status.ts';
import { type BodyDraft, nameOfBody } from '../builder/draft.ts';
import type { Edge, Source } from '../definition.ts';
import { DefinitionError, type DefinitionPlace, HandleError } from '../definition-error.ts';
import { ConditionalReference, HandleReference } from '../handle.ts';
import { isThenable, showValue } from './show-value.ts';

/** A runAfter list that was checked. */
export interface RunAfter {
  readonly edges: Edge[];
  /** One for each entry of the list, in its order. */
  readonly inputs: readonly Source[];
  /** What messages call each entry. */
  readonly labels: readonly string[];
}

/**
 * Checks a runAfter list of an action in `body`.
 *
 * @throws {DefinitionError} `RUN_AFTER_INVALID`: not an array; `RUN_AFTER_DUPLICATE`: an action
 *   listed twice; `HANDLE_INVALID`, `HANDLE_FOREIGN`: see checkOwner.
 */
export function readRunAfter(body: BodyDraft, place: DefinitionPlace, list: unknown): RunAfter {
  if (!Array.isArray(list)) {
    throw new DefinitionError(
      'RUN_AFTER_INVALID',
      place,
      `its runAfter list must be an array of handles, but got ${showValue(list)}. ` +
        'Write [] for what waits for nothing.',
      { option: 'runAfter', value: list },
    );
  }
  const edges: Edge[] = [];
  const inputs: Source[] = [];
  const labels: string[] = [];
  const listed = new Set<number>();
  // By index and not with map(), which would leave holes in a sparse array unchecked.
  for (let position = 0; position < list.length; position++) {
    const entry: unknown = list[position];
    const handle = checkDependency(body, place, entry, `entry ${position} of its runAfter list`);
    const { source } = handle;
    labels.push(handle.label);
    if (source.from !== 'sibling') {
      inputs.push(source);
      continue;
    }
    if (listed.has(source.index)) throw listedTwice(place, handle.label);
    listed.add(source.index);
    const conditional = entry instanceof ConditionalReference;
    edges.push(
      Object.freeze({
        from: source.index,
        accepts: conditional ? entry.accepts : SUCCEEDED,
      }),
    );
    inputs.push(conditional ? resultOf(source) : source);
  }
  return { edges, inputs: Object.freeze(inputs), labels };
}

/** The source of a sibling's result, where the handle's own source is its output. */
export function resultOf(source: Source & { from: 'sibling' }): Source {
  return Object.freeze({ from: 'sibling', index: source.index, as: 'result' });
}

/**
 * Takes a handle, or one with a condition, of an action in `body`.
 *
 * @param what - what the entry is, for the message.
 * @throws {DefinitionError} `HANDLE_INVALID`: not a handle at all; `HANDLE_FOREIGN`: a handle of
 *   another container or workflow.
 */
export function checkDependency(
  body: BodyDraft,
  place: DefinitionPlace,
  entry: unknown,
  what: string,
): HandleReference {
  const handle = entry instanceof ConditionalReference ? entry.handle : entry;
  if (!(handle instanceof HandleReference)) {
    throw new HandleError(
      `${what} is ${showValue(entry)}, which is not a handle. ${wayOut(entry)}`,
      place,
      { value: entry },
    );
  }
  if (handle.owner === body) return handle;
  throw foreign(body, place, handle, handle.owner as BodyDraft);
}

function wayOut(entry: unknown): string {
  if (entry === undefined) {
    return 'terminate() gives no handle, because nothing can run after it; was the variable assigned?';
  }
  if (typeof entry === 'string') {
    return 'Use the handle that action() returned; names belong into defineWorkflow().';
  }
  if (isThenable(entry)) return 'Handles are there at once; do not await them.';
  return 'List what action(), scope() and the like returned, or on(), failed() or settled() of it.';
}

function foreign(
  body: BodyDraft,
  place: DefinitionPlace,
  handle: HandleReference,
  owner: BodyDraft,
): DefinitionError {
  const problem = `${handle.label} belongs to ${nameOfBody(owner)}, not to ${nameOfBody(body)}. `;
  return new DefinitionError('HANDLE_FOREIGN', place, problem + wayToBring(body, owner), {
    value: handle.label,
  });
}

function wayToBring(body: BodyDraft, owner: BodyDraft): string {
  if (owner.workflow !== body.workflow) {
    return 'Workflows do not share handles; pass the value as input of a child workflow.';
  }
  if (isAround(owner, body)) {
    return (
      `List it in the runAfter of ${nameOfBody(outermostInside(owner, body))}, whose body then gets ` +
      'its value as a handle of its own.'
    );
  }
  if (isAround(body, owner)) {
    const container = nameOfBody(outermostInside(body, owner));
    return `Return it from the body of ${container}, and run after ${container}.`;
  }
  return 'Hand the value over through the containers between the two.';
}

/** The body just inside `outer` on the way to `inner`. */
function outermostInside(outer: BodyDraft, inner: BodyDraft): BodyDraft {
  let body = inner;
  while (body.parent !== undefined && body.parent !== outer) body = body.parent;
  return body;
}

function isAround(outer: BodyDraft, inner: BodyDraft): boolean {
  for (let body = inner.parent; body !== undefined; body = body.parent) {
    if (body === outer) return true;
  }
  return false;
}

function listedTwice(place: DefinitionPlace, name: string): DefinitionError {
  return new DefinitionError(
    'RUN_AFTER_DUPLICATE',
    place,
    `its runAfter list has ${name} twice. List it once; ` +
      'for several statuses use on(x, …) with all of them.',
    { option: 'runAfter', value: name },
  );
}
