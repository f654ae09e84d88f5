/**
 * Why something was skipped, derived from what the run has recorded.
 * @module
 */
import type { ActionError } from '../../result.ts';
import { statusNames } from '../../status.ts';
import type { ActionState } from '../action-state.ts';

/** The reason as code and message: the first condition of its runAfter that was not met. */
export function skipError(state: ActionState): ActionError {
  const { frame, node } = state;
  const edge = node.runAfter.find(({ from, accepts }) => (frame.at(from).bits & accepts) === 0);
  if (edge === undefined) {
    return { code: 'SKIPPED', message: `"${state.path}" was skipped.` };
  }
  const predecessor = frame.at(edge.from);
  return {
    code: 'RUN_AFTER_NOT_MET',
    message:
      `"${predecessor.name}" should have ended ${orList(statusNames(edge.accepts))}, ` +
      `but it ended ${predecessor.status}.`,
  };
}

function orList(words: readonly string[]): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`;
}
