/**
 * `inspectRun()`: reads a run as it is stored, whoever works on it, without its workflow.
 * @module
 */
import { SECURE } from '../engine/records/secure.ts';
import type { FrameQuery, RunEnd, RunLease, RunStore, StoredOutcome } from '../ports/run-store.ts';
import type { ActionError } from '../result.ts';
import type { Status } from '../status.ts';
import { decodeValue } from './codec.ts';
import { knownRun } from './open-run.ts';
import { outcomePages } from './outcome-pages.ts';
import { outcomePath } from './outcome-path.ts';
import { isSealed } from './sealing.ts';

/** A run as it is stored. */
export interface RunInspection {
  readonly runId: string;
  readonly workflow: string;
  readonly version: string | undefined;
  readonly status: Status | 'Running';
  readonly error: RunEnd['error'];
  readonly startTime: Date;
  /** Undefined while the run goes on. */
  readonly endTime: Date | undefined;
  readonly input: unknown;
  /** Who works on it, or did when it was not given back. */
  readonly lease: RunLease | undefined;
  /**
   * The outcomes inside a container, in the order of their names, or the iterations of a loop in the
   * order of their items. They are read in pages, so a million of them need no memory.
   *
   * Reading one rejects with `STORED_VALUE_INVALID` where what the store has was cut or changed.
   *
   * @param path - such as `Orders` (the iterations), `Orders[3]` (what is in one); empty for the run itself.
   */
  outcomes(path?: string, query?: Pick<FrameQuery, 'statuses'>): AsyncIterable<OutcomeInspection>;
}

/** How something has ended. */
export interface OutcomeInspection {
  readonly path: string;
  readonly status: Status;
  /** The number of the attempt that reported it; 0 for what is no action. */
  readonly attempt: number;
  /** `[secure]` where it is encrypted; undefined where it was not kept, and for containers. */
  readonly outputs: unknown;
  readonly error: Pick<ActionError, 'code' | 'message'> | undefined;
  readonly startTime: Date;
  readonly endTime: Date;
}

/**
 * Reads a run.
 *
 * @throws {RunUnknownError} `RUN_UNKNOWN`, as a rejection.
 * @example
 * const run = await inspectRun(store, 'week-47');
 * for await (const { path, error } of run.outcomes('Reports', { statuses: ['Failed'] })) console.log(path, error);
 */
export async function inspectRun(store: RunStore, runId: string): Promise<RunInspection> {
  const { workflow, version, end, startTime, input, lease } = await knownRun(store, runId);
  return {
    ...{ runId, workflow, version, lease },
    status: end?.status ?? 'Running',
    error: end?.error,
    startTime: new Date(startTime),
    endTime: end && new Date(end.endTime),
    input: decodeValue(input),
    outcomes: (path = '', query = {}) => outcomesIn(store, runId, path, query),
  };
}

async function* outcomesIn(
  store: RunStore,
  runId: string,
  path: string,
  query: Pick<FrameQuery, 'statuses'>,
): AsyncIterable<OutcomeInspection> {
  for await (const page of outcomePages(store, runId, path, query)) {
    for (const outcome of page) yield inspectionOf(outcome);
  }
}

function inspectionOf(outcome: StoredOutcome): OutcomeInspection {
  const { status, attempt, outputs, error, startTime, endTime } = outcome;
  return {
    path: outcomePath(outcome),
    ...{ status, attempt, error },
    outputs: outputs === undefined ? undefined : shown(outputs),
    startTime: new Date(startTime),
    endTime: new Date(endTime),
  };
}

/** Secure values are encrypted, and stay so. */
function shown(text: string): unknown {
  return isSealed(text) ? SECURE : decodeValue(text);
}
