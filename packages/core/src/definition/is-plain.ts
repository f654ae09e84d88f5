/**
 * Actions that the engine can call at once.
 * @module
 */
import type { ActionNode } from './definition.ts';

/** Whether nothing stands between "ready" and "call the handler". */
export function isPlain(action: Omit<ActionNode, 'plain'>): boolean {
  const { timeout, retry, select, payloadLimit, limiters } = action;
  return (
    timeout === undefined &&
    retry === undefined &&
    select === undefined &&
    payloadLimit === undefined &&
    limiters.length === 0
  );
}
