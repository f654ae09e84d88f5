/**
 * What handlers wait for, noted while a run goes on: no record tells it afterwards.
 *
 * Each attempt runs in an async context that carries its name, and the channel of waits tells of a wait in
 * the context of whoever waits. So a wait belongs to the attempt that it was called from, however deep in
 * somebody else's code. Invariant: after the last run has ended nothing listens any more, and a wait that goes on then,
 * of a handler that was left behind or has just been told to stop, is noted as it is.
 * @module
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, type WaitContext, watchWaits } from '@runafter/clock';
import {
  type CallObserver,
  type ObservedCall,
  type ObservedRun,
  type RunObserver,
  RunOptionError,
  type Telemetry,
} from '@runafter/core';
import type { RecordedWait } from '../view/run-view.ts';

/** A wait, and the run in which it was. */
export interface RunWait extends RecordedWait {
  readonly runId: string;
}

/** A Telemetry that notes waits. One can watch any number of runs. */
export interface WaitRecorder extends Telemetry {
  /** Those that are over, by their ends. */
  readonly waits: readonly RunWait[];
  /** How many more there were than it keeps. */
  readonly left: number;
}

export interface RecordWaitsOptions {
  /** How many waits are kept, the first ones: a whole number of at least 1. Default 100,000. */
  readonly limit?: number;
}

/**
 * Makes a recorder. Of a run over many processes it notes the waits of its own one.
 *
 * What an attempt with secure values waits for has no name here.
 *
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: the limit is no whole number of at least 1.
 * @example
 * const recorder = recordWaits();
 * const run = start(weeklyReports, rows, { telemetry: recorder });
 * await run.finished;
 * await writeFile('run.html', await report(run, { recorded: recorder.waits }));
 */
export function recordWaits({ limit = 100_000 }: RecordWaitsOptions = {}): WaitRecorder {
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RunOptionError('limit', limit, `is ${limit}. Pass a whole number of at least 1.`);
  }
  return new Recorder(limit);
}

/** Who may wait: an attempt, and the clock by which its run is timed. */
interface Waiter {
  readonly who: Pick<RunWait, 'runId' | 'path' | 'attempt'>;
  readonly clock: Clock;
  readonly isSecure: boolean;
}

class Recorder implements WaitRecorder {
  readonly waits: RunWait[] = [];
  left = 0;
  readonly #limit: number;
  readonly #waiters = new AsyncLocalStorage<Waiter>();
  /** How many runs and calls are watched. */
  #watched = 0;
  #stop: (() => void) | undefined;
  /** Ends the waits that go on. */
  readonly #open = new Set<() => void>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  observeRun({ runId, clock }: ObservedRun): RunObserver {
    this.#enter();
    return {
      within: ({ fullPath: path, attempt, isSecure }, call) =>
        this.#waiters.run({ who: { runId, path, attempt }, clock, isSecure }, call),
      onEvent: (event) => {
        const isOver = event.type === 'run.ended' || event.type === 'run.left';
        if (isOver && event.runId === runId) this.#leave();
      },
    };
  }

  observeCall({ runId, fullPath: path, attempt, clock, isSecure }: ObservedCall): CallObserver {
    this.#enter();
    const waiter = { who: { runId, path, attempt }, clock, isSecure };
    return {
      within: (call) => this.#waiters.run(waiter, call),
      onEnd: () => this.#leave(),
    };
  }

  #enter(): void {
    this.#watched++;
    this.#stop ??= watchWaits((wait) => this.#note(wait));
  }

  #leave(): void {
    this.#watched--;
    if (this.#watched > 0) return;
    this.#stop?.();
    this.#stop = undefined;
    for (const end of this.#open) end();
  }

  #note({ kind, name }: WaitContext): (() => void) | undefined {
    const waiter = this.#waiters.getStore();
    if (waiter === undefined) return undefined;
    const { clock, isSecure, who } = waiter;
    const startTime = clock.now();
    const end = (): void => {
      this.#open.delete(end);
      if (this.waits.length < this.#limit) {
        // What a handler with secure values waits for may be named after one.
        const what = { for: kind, ...(!isSecure && { name }) };
        this.waits.push({ ...who, ...what, startTime, endTime: clock.now() });
      } else this.left++;
    };
    this.#open.add(end);
    return end;
  }
}
