/**
 * One run in the metrics. Every run, action and attempt counts, whether it has a span or not.
 * @module
 */
import type { Attributes } from '@opentelemetry/api';
import { isThrottled } from '@runafter/clock';
import type { ObservedAttempt, RunEvent } from '@runafter/core';
import { names } from './attribute-names.ts';
import { begun, type Instruments } from './instruments.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;

/** A run that goes on: this one, or that of a child workflow in it. */
interface ActiveRun {
  readonly startTime: Date;
  readonly end: () => void;
}

export class RunCounts {
  readonly #instruments: Instruments;
  readonly #runs = new Map<string, ActiveRun>();
  /** The attempts that have begun, and how their handler stops to count once it was called here. */
  readonly #attempts = new Map<string, { stop?: () => void; readonly attributes: Attributes }>();

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
  }

  /** Something of an attempt is called here: its handler, if the attempt has begun. */
  called({ runId, path }: ObservedAttempt): void {
    const attempt = this.#attempts.get(keyOf(runId, path));
    if (attempt === undefined) return;
    attempt.stop ??= begun(this.#instruments.activeHandlers, attempt.attributes);
  }

  onEvent(event: RunEvent): void {
    const { runId, workflow } = event;
    switch (event.type) {
      case 'run.started': {
        const end = begun(this.#instruments.activeRuns, { [names.workflow]: workflow });
        this.#runs.set(runId, { startTime: event.time, end });
        break;
      }
      case 'run.ended':
        this.#runEnded(event);
        break;
      case 'action.ended':
        this.#actionEnded(event);
        break;
      case 'attempt.started':
        this.#attempts.set(keyOf(runId, event.path), { attributes: addressOf(event) });
        break;
      case 'attempt.ended':
        this.#attemptEnded(event);
        break;
      default:
    }
  }

  /** The run has ended, or goes on without this process. */
  close(): void {
    for (const { end } of this.#runs.values()) end();
    for (const { stop } of this.#attempts.values()) stop?.();
    this.#runs.clear();
    this.#attempts.clear();
  }

  #runEnded({ error, runId, status, time, workflow }: EventOf<'run.ended'>): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    this.#runs.delete(runId);
    run.end();
    const { errorTypes, runDuration } = this.#instruments;
    runDuration.record((time.getTime() - run.startTime.getTime()) / 1_000, {
      [names.workflow]: workflow,
      [names.runStatus]: status,
      ...errorTypes.of(error),
    });
  }

  #actionEnded(event: EventOf<'action.ended'>): void {
    const { actionDuration, errorTypes, skipped } = this.#instruments;
    const { duration, error, status } = event;
    if (status === 'Skipped') skipped.add(1, addressOf(event));
    else {
      const how = { [names.status]: status, ...errorTypes.of(error) };
      actionDuration.record(duration / 1_000, { ...addressOf(event), ...how });
    }
  }

  #attemptEnded(event: EventOf<'attempt.ended'>): void {
    const { attempts, errorTypes, retries, throttled } = this.#instruments;
    const { error, path, runId, wait } = event;
    const key = keyOf(runId, path);
    this.#attempts.get(key)?.stop?.();
    this.#attempts.delete(key);
    const where = addressOf(event);
    attempts.add(1, { ...where, ...errorTypes.of(error) });
    if (wait !== undefined) retries.add(1, { ...where, ...errorTypes.of(error) });
    if (error !== undefined && isThrottledError(error)) throttled.add(1, where);
  }
}

/** The code of an error with secure values is all that is left of it. */
function isThrottledError({ cause, code }: NonNullable<EventOf<'attempt.ended'>['error']>) {
  return code === 'HTTP_429' || isThrottled(cause);
}

function addressOf({ address, workflow }: { address: string; workflow: string }): Attributes {
  return { [names.workflow]: workflow, [names.address]: address };
}

function keyOf(runId: string, path: string): string {
  return JSON.stringify([runId, path]);
}
