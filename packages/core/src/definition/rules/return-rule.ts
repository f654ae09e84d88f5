/**
 * What a body may hand back.
 *
 * Invariant: a value that is handed over always exists. A body that Succeeded has an output for
 * every bare handle it returned: the action is a critical leaf, so had it failed the body would have
 * failed; and it can only have been skipped because of something that failed the body too.
 * @module
 */
import { ANY_RUN_AFTER, SKIPPED, SUCCEEDED } from '../../status.ts';
import type { BodyDraft, NodeDraft } from '../builder/draft.ts';
import type { Source } from '../definition.ts';
import { DefinitionError, type DefinitionPlace } from '../definition-error.ts';
import { ConditionalReference, type HandleReference } from '../handle.ts';
import { checkDependency, resultOf } from './run-after.ts';
import { isThenable, showValue } from './show-value.ts';

/**
 * Checks what the function of a body returned.
 *
 * @returns where the output comes from; undefined when the body hands nothing over.
 * @throws {DefinitionError} `BODY_ASYNC`: a promise; `RETURN_INVALID`: not a handle of this body;
 *   `RETURN_NOT_CERTAIN`: a handle of something that may not have an output.
 */
export function readReturn(
  body: BodyDraft,
  place: DefinitionPlace,
  returned: unknown,
): Source | undefined {
  if (returned === undefined) return undefined;
  if (isThenable(returned)) throw asynchronous(place, returned);
  const handle = readHandle(body, place, returned);
  const { source } = handle;
  if (source.from !== 'sibling') return source;
  if (!(returned instanceof ConditionalReference)) {
    const doubt = doubtAbout(body, source.index);
    if (doubt !== undefined) throw notCertain(place, handle.label, doubt);
    return source;
  }
  if (returned.accepts === ANY_RUN_AFTER) return resultOf(source);
  throw new DefinitionError(
    'RETURN_NOT_CERTAIN',
    place,
    `its body returns ${handle.label} with some of its statuses only, ` +
      'but it may end in another one. Return settled(x), which has a result for each.',
    { value: handle.label },
  );
}

function asynchronous(place: DefinitionPlace, returned: PromiseLike<unknown>): DefinitionError {
  // The rest of an async body fails with FLOW_CLOSED later; this error already tells why.
  returned.then(undefined, () => {});
  return new DefinitionError(
    'BODY_ASYNC',
    place,
    'its body returned a promise. A body declares what depends on what, at once: ' +
      'remove async and await, and do asynchronous work in the actions.',
  );
}

function readHandle(body: BodyDraft, place: DefinitionPlace, returned: unknown): HandleReference {
  try {
    return checkDependency(body, place, returned, 'what its body returned');
  } catch (error) {
    if (!(error instanceof DefinitionError) || error.code !== 'HANDLE_INVALID') throw error;
    throw new DefinitionError(
      'RETURN_INVALID',
      place,
      `its body returned ${showValue(returned)}. Return a handle of this body, ` +
        'settled(x) of one, or nothing; make the value in an action.',
      { value: returned },
    );
  }
}

/** Why a node's output might not exist although the body Succeeded; undefined when it always does. */
function doubtAbout(body: BodyDraft, index: number): string | undefined {
  const node = nodeAt(body, index);
  if (node.criticality !== 'critical') {
    return `it is ${node.criticality}, so the body can succeed without it`;
  }
  const successor = node.successors[0];
  if (successor !== undefined) {
    const name = nodeAt(body, successor.to).name;
    return `${name} runs after it and decides the status instead`;
  }
  if (body.parent === undefined && body.workflow.terminatesSucceeded) {
    return 'a terminate with status Succeeded can end the workflow before it ran';
  }
  return doubtAboutAncestors(body, node);
}

/**
 * Follows the edges up. An edge that accepts Succeeded is left unmet by Failed and TimedOut, which
 * fail the body, and perhaps by Skipped, which is only certain to fail it when the same holds
 * further up. An edge that accepts Skipped too is not left unmet by it.
 */
function doubtAboutAncestors(body: BodyDraft, node: NodeDraft): string | undefined {
  const seen = new Set<number>([node.index]);
  const open: NodeDraft[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const { from, accepts } of next.runAfter) {
      const predecessor = nodeAt(body, from);
      if ((accepts & SUCCEEDED) === 0) {
        const skipped = next === node ? 'it' : next.name;
        return `${skipped} is skipped when ${predecessor.name} succeeds`;
      }
      if ((accepts & SKIPPED) !== 0 || seen.has(from)) continue;
      seen.add(from);
      open.push(predecessor);
    }
  }
  return undefined;
}

function notCertain(place: DefinitionPlace, name: string, doubt: string): DefinitionError {
  return new DefinitionError(
    'RETURN_NOT_CERTAIN',
    place,
    `its body returns ${name}, whose output may not exist: ${doubt}. ` +
      'Return settled(x) and look at its status, or return something that always runs.',
    { value: name },
  );
}

function nodeAt(body: BodyDraft, index: number): NodeDraft {
  const node = body.nodes[index];
  if (node === undefined) throw new RangeError(`No node ${index}.`);
  return node;
}
