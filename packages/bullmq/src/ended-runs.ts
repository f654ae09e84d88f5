/**
 * Waits for runs to end, wherever they are scheduled: told of it by the process that ended them, and
 * looking into the store now and then, for what was told can be missed.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { type RunEnd, type RunStore, RunUnknownError } from '@runafter/core';
import type { Announcements } from './announcements.ts';
import { DistributionClosedError } from './bullmq-errors.ts';

/** How many ends are remembered for those who ask a little later. */
const remembered = 10_000;
/** Milliseconds between looks. */
const lookEvery = 10_000;

interface Waiting {
  readonly end: Promise<RunEnd>;
  readonly resolve: (end: RunEnd) => void;
  readonly reject: (error: unknown) => void;
}

export class EndedRuns {
  readonly #store: RunStore;
  readonly #announcements: Announcements;
  readonly #clock: Clock;
  readonly #onFault: (error: Error) => void;
  readonly #waiting = new Map<string, Waiting>();
  /** Told of lately. */
  readonly #recent = new Map<string, RunEnd>();
  #isListening = false;
  #unsubscribe: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #closed = false;

  constructor(
    store: RunStore,
    announcements: Announcements,
    clock: Clock,
    onFault: (error: Error) => void,
  ) {
    this.#store = store;
    this.#announcements = announcements;
    this.#clock = clock;
    this.#onFault = onFault;
  }

  /** Every end from now on is heard, or remembered. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /**
   * How a run has ended, when it has.
   *
   * @param isHeard - it cannot have ended before anybody listened, so the store need not be asked.
   * @throws {RunUnknownError} `RUN_UNKNOWN`, as all of these as a rejection.
   * @throws {DistributionClosedError} `DISTRIBUTION_CLOSED`: it was closed before.
   */
  async of(runId: string, isHeard: boolean): Promise<RunEnd> {
    if (this.#closed) throw new DistributionClosedError(`Nobody waits for run "${runId}" any more`);
    const known = this.#waiting.get(runId);
    if (known !== undefined) return await known.end;
    const recent = isHeard ? this.#recent.get(runId) : undefined;
    if (recent !== undefined) return recent;
    const waiting = newWaiting();
    this.#waiting.set(runId, waiting);
    this.#listen();
    if (!isHeard) void this.#lookOnceListening(runId);
    return await waiting.end;
  }

  /** It may have ended before anybody listened. */
  async #lookOnceListening(runId: string): Promise<void> {
    await this.#announcements.ready().then(
      () => {
        this.#isListening = true;
      },
      (error: unknown) => this.#onFault(error as Error),
    );
    await this.#look(runId);
  }

  /** A new run has the id of one that was deleted. */
  forget(runId: string): void {
    this.#recent.delete(runId);
  }

  close(): void {
    this.#closed = true;
    this.#cancelLook?.();
    this.#unsubscribe?.();
    for (const [runId, { reject }] of this.#waiting) {
      reject(new DistributionClosedError(`Nobody waits for run "${runId}" any more`));
    }
    this.#waiting.clear();
  }

  #listen(): void {
    this.#unsubscribe ??= this.#announcements.subscribe((announcement) => {
      if (announcement.kind === 'ended') this.#told(announcement.runId, announcement.end);
    });
    this.#cancelLook ??= this.#clock.setTimer(lookEvery, () => void this.#lookForAll());
  }

  #told(runId: string, end: RunEnd): void {
    const [oldest] = this.#recent.keys();
    if (this.#recent.size >= remembered && oldest !== undefined) this.#recent.delete(oldest);
    this.#recent.set(runId, end);
    this.#waiting.get(runId)?.resolve(end);
    this.#waiting.delete(runId);
  }

  async #lookForAll(): Promise<void> {
    this.#cancelLook = undefined;
    for (const runId of [...this.#waiting.keys()]) await this.#look(runId);
    if (this.#waiting.size > 0 && !this.#closed) this.#listen();
  }

  /** A store that cannot be asked is asked again at the next look. */
  async #look(runId: string): Promise<void> {
    const waiting = this.#waiting.get(runId);
    if (waiting === undefined) return;
    try {
      const run = await this.#store.readRun(runId);
      if (run === undefined) waiting.reject(new RunUnknownError(runId));
      else if (run.end === undefined) return;
      else waiting.resolve(run.end);
      this.#waiting.delete(runId);
    } catch (error) {
      this.#onFault(error as Error);
    }
  }
}

function newWaiting(): Waiting {
  let resolve: Waiting['resolve'] = () => undefined;
  let reject: Waiting['reject'] = () => undefined;
  const end = new Promise<RunEnd>((onEnd, onFault) => {
    resolve = onEnd;
    reject = onFault;
  });
  // Whoever asked is told; a second one who asks later may come after the rejection.
  end.catch(() => undefined);
  return { end, resolve, reject };
}
