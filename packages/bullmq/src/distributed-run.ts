/**
 * A run that some process schedules, in the hands of one that started it or asks for it.
 * @module
 */
import {
  type EventType,
  type ResumeOptions,
  type RunEnd,
  RunNotEndedError,
  type RunResult,
  type SignalOptions,
  type StoreSignalOptions,
  signal,
} from '@runafter/core';
import { readResult, requestCancel } from '@runafter/core/remote';
import type { EndedRuns } from './ended-runs.ts';
import type { AnyWorkflow } from './options.ts';

/** What a run is read with. */
export interface RunAccess extends Pick<ResumeOptions, 'cipher' | 'valueLimit' | 'clock'> {
  readonly store: NonNullable<ResumeOptions['store']>;
  readonly signalOptions: StoreSignalOptions;
  readonly ended: EndedRuns;
}

export class DistributedRun<T> {
  readonly id: string;
  readonly #workflow: AnyWorkflow;
  readonly #access: RunAccess;
  /** This process has listened for ends since before it was started. */
  readonly #isHeard: boolean;
  #finished: Promise<RunResult<T>> | undefined;

  constructor(workflow: AnyWorkflow, runId: string, access: RunAccess, isHeard: boolean) {
    this.id = runId;
    this.#isHeard = isHeard;
    this.#workflow = workflow;
    this.#access = access;
  }

  /**
   * Resolves when the run has ended, with its status alone: cheaper than `finished` for large runs.
   *
   * @throws {RunUnknownError} `RUN_UNKNOWN`, as all of these as a rejection.
   * @throws {DistributionClosedError} `DISTRIBUTION_CLOSED`: this process was closed before; the run goes on.
   */
  get ended(): Promise<RunEnd> {
    return this.#access.ended.of(this.id, this.#isHeard);
  }

  /**
   * Resolves when the run has ended, with everything that the store has of it; not rejected for a failed
   * action. Rejects as `ended` does.
   */
  get finished(): Promise<RunResult<T>> {
    if (this.#finished === undefined) {
      const finished = this.#finish();
      this.#finished = finished;
      // A store that is away for a moment has not decided anything: the next one who asks may be told.
      finished.catch(() => {
        if (this.#finished === finished) this.#finished = undefined;
      });
    }
    return this.#finished;
  }

  async #finish(): Promise<RunResult<T>> {
    const { ended, signalOptions: _, ...options } = this.#access;
    await this.ended;
    for (;;) {
      try {
        return (await readResult(this.#workflow, this.id, options)) as RunResult<T>;
      } catch (error) {
        // Another run of this id has come meanwhile.
        if (!(error instanceof RunNotEndedError)) throw error;
        ended.forget(this.id);
        await ended.of(this.id, false);
      }
    }
  }

  /**
   * Sends an event to a `waitFor` of the run; see `signal()` of core.
   *
   * @returns `kept` once it is stored; `duplicate` of an earlier id.
   * @throws as `signal()` does.
   */
  async signal<P>(
    event: string | EventType<P>,
    payload: P,
    options: SignalOptions = {},
  ): Promise<'kept' | 'duplicate'> {
    const { store, signalOptions } = this.#access;
    return await signal(store, this.id, event, payload, { ...signalOptions, ...options });
  }

  /**
   * Has the run cancelled by whoever schedules it. It is kept until somebody does.
   *
   * @returns false when the run had ended.
   * @throws {RunUnknownError} `RUN_UNKNOWN`, as a rejection.
   */
  async cancel(reason = 'cancel() was called.'): Promise<boolean> {
    return await requestCancel(this.#access.store, this.id, reason, this.#access.clock);
  }
}
