/**
 * The records inside a container that was skipped: they exist only when somebody reads them.
 * @module
 */
import type { Body, Node } from '../../definition/definition.ts';
import type { ActionError } from '../../result.ts';
import { SKIPPED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';
import type { Detail } from '../detail.ts';
import type { ActionRecord } from '../records/action-record.ts';
import { SingleBody } from './single-body.ts';

/** One skipped record for each action that the container would have started; none inside loops. */
export function recordsOfSkippedContainer(state: ActionState): readonly ActionRecord[] {
  const body = bodyOf(state.node as Node);
  if (body === undefined) return [];
  const { frame } = new SingleBody(state.frame.owner.run, body, state);
  for (const child of frame.states) {
    child.bits = SKIPPED;
    child.started = state.started;
    child.ended = state.ended;
    child.detail = new ParentSkipped(state);
  }
  return frame.states;
}

function bodyOf(node: Node): Body | undefined {
  switch (node.kind) {
    case 'scope':
    case 'branch':
    case 'container':
      return node.body;
    default:
      return undefined;
  }
}

class ParentSkipped implements Detail {
  readonly #parent: ActionState;

  constructor(parent: ActionState) {
    this.#parent = parent;
  }

  error(): ActionError {
    return {
      code: 'PARENT_SKIPPED',
      message: `"${this.#parent.path}", which it is in, was skipped: ${this.#parent.error?.message}`,
    };
  }
}
