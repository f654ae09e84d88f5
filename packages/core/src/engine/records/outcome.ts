/**
 * What the run store is told of an action that has ended. Secure values stay out of it.
 * @module
 */
import type { ActionOutcome } from '../../ports/run-store.ts';
import { SUCCEEDED } from '../../status.ts';
import type { ActionState } from '../action-state.ts';

export function outcomeOf(state: ActionState): ActionOutcome {
  const { path, status, error, attempts, startTime, endTime } = state;
  return {
    path,
    attempt: attempts.at(-1)?.number ?? 0,
    status,
    ...(state.bits === SUCCEEDED && !state.node.secureOutputs && { outputs: state.realOutputs }),
    ...(error && { error: { code: error.code, message: error.message } }),
    startTime: startTime.getTime(),
    endTime: endTime.getTime(),
  };
}
