/**
 * How a run has ended: what `run.finished` resolves with.
 * @module
 */
import type { ActionError } from '../../result.ts';
import { type Status, SUCCEEDED, statusName } from '../../status.ts';
import type { RunEngine } from '../run-engine.ts';
import type { ActionRecord } from './action-record.ts';
import type { Digest, HandledFailure, Usage } from './digest.ts';
import { SECURE } from './secure.ts';
import { showAsJson } from './show-as-json.ts';

/** What every finished run has, however it ended. */
export interface RunFacts {
  readonly runId: string;
  readonly workflow: string;
  readonly startTime: Date;
  readonly endTime: Date;
  /** The first-level records of the run. */
  readonly results: readonly ActionRecord[];
  /**
   * Failures in containers that Succeeded all the same, because something handled them or they were
   * declared important or optional; the first 1,000. A run that Succeeded with some did not go as planned.
   */
  readonly handledFailures: readonly HandledFailure[];
  /** Failures of what is declared important, for somebody to look at; the first 1,000. */
  readonly flagged: readonly HandledFailure[];
  /** Paths of handlers that had not settled within the grace time, and may still run; the first 1,000. */
  readonly unsettled: readonly string[];
  readonly usage: Usage;
}

/** A finished run that hands over a T: a union, discriminated by `status`. */
export type RunResult<T> =
  | (RunFacts & { readonly status: 'Succeeded'; readonly outputs: T })
  | (RunFacts & {
      readonly status: 'Failed' | 'TimedOut' | 'Cancelled';
      readonly error: ActionError;
    });

/**
 * Reads nearly everything from the engine when it is asked for. Status and error are fields, so that
 * tools that copy an object to print it, as test runners do when an assertion fails, can print them.
 */
export class FinishedRun implements RunFacts {
  readonly status: Status;
  readonly error: ActionError | undefined;
  readonly #engine: RunEngine;
  #digested: Digest | undefined;

  constructor(engine: RunEngine) {
    this.status = statusName(engine.bits) as Status;
    this.error = engine.bits === SUCCEEDED ? undefined : engine.root.error();
    this.#engine = engine;
  }

  get #digest(): Digest {
    this.#digested ??= this.#engine.digest();
    return this.#digested;
  }

  get runId(): string {
    return this.#engine.id;
  }

  get workflow(): string {
    return this.#engine.workflow.name;
  }

  get outputs(): unknown {
    return this.#engine.bits === SUCCEEDED ? this.#engine.root.output() : undefined;
  }

  get startTime(): Date {
    return new Date(this.#engine.epoch);
  }

  get endTime(): Date {
    return new Date(this.#engine.epoch + this.#engine.ended);
  }

  get results(): readonly ActionRecord[] {
    return this.#engine.root.records();
  }

  get handledFailures(): readonly HandledFailure[] {
    return this.#digest.handledFailures;
  }

  get flagged(): readonly HandledFailure[] {
    return this.#digest.flagged;
  }

  get unsettled(): readonly string[] {
    return this.#digest.unsettled;
  }

  get usage(): Usage {
    return this.#digest.usage();
  }

  toJSON(): object {
    const { runId, workflow, status, error, startTime, endTime } = this;
    const { results, handledFailures, flagged, unsettled, usage } = this;
    const isSecure = status === 'Succeeded' && this.#engine.workflow.body.outputIsSecure;
    return {
      ...{ runId, workflow, status, outputs: isSecure ? SECURE : this.outputs },
      error: error && { code: error.code, message: error.message },
      ...{ startTime, endTime, results, handledFailures, flagged, unsettled, usage },
    };
  }
}

showAsJson(FinishedRun);
