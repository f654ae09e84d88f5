/**
 * The record of one call of a handler, made when the call is over.
 * @module
 */
import type { ActionError } from '../../result.ts';
import type { RunEngine } from '../run-engine.ts';
import type { AttemptRecord } from './action-record.ts';

/**
 * @param started - milliseconds since the run started.
 * @param wait - milliseconds until the next attempt; undefined when there is none.
 */
export function attemptRecord(
  run: RunEngine,
  number: number,
  started: number,
  error: ActionError | undefined,
  wait: number | undefined,
): AttemptRecord {
  return {
    number,
    startTime: new Date(run.epoch + started),
    endTime: new Date(run.now()),
    ...(error && { error }),
    ...(wait !== undefined && { wait }),
  };
}
