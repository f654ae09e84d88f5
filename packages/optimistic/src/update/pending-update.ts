/**
 * One caller's update: its change, its bounds, and the promise that he waits for.
 *
 * Invariant: it is settled exactly once, by whoever comes first: the cycle that wrote it, its time-out,
 * or its signal. Afterwards the queue passes over it.
 * @module
 */
import { AsyncResource } from 'node:async_hooks';
import { traceWait, type WaitKind } from '@runafter/clock';
import { OutcomeUnknownError } from '../document-errors.ts';
import { UpdateContendedError, UpdateTimedOutError } from './update-errors.ts';
import type { ParsedUpdateOptions } from './update-options.ts';

/** What an update hands over. */
export interface Updated<T> {
  /**
   * What the change returned, or what was there when it left it: as it would be read from the store, unless
   * the update was said to be `pure`.
   */
  readonly value: T;
  /**
   * The version that holds exactly this value. Undefined when there is none to name: another update of
   * the same cycle came after this one, or others had written when a lost reply was made up for.
   */
  readonly etag: string | undefined;
  /** False when the change left the document as it was. */
  readonly changed: boolean;
  /** How often the cycle of read, change and write was tried for this update. */
  readonly attempts: number;
  /** How many updates shared the cycle that served this one, itself included. */
  readonly combined: number;
}

/** Makes the next value from the current one; undefined leaves the document as it is. */
export type Change<T> = (current: T | undefined) => T | undefined | PromiseLike<T | undefined>;

const outcomeFix =
  'Read it and look. Where the store keeps the ids of writes this happens only when very many have ' +
  'written since, or the service stays away; declare the change `idempotent` where making it twice does no harm.';

export class PendingUpdate<T> {
  readonly change: Change<T>;
  readonly options: ParsedUpdateOptions;
  /** Resolves when it is settled, one way or the other. */
  readonly settled: Promise<void>;
  readonly result: Promise<Updated<T | undefined>>;
  attempts = 0;
  conflicts = 0;
  /** What it changed is part of a write that was sent and has not been answered for certain. */
  inDoubt = false;
  /** An earlier write of it may have been done; the change says that making it again does no harm. */
  mayBeWritten = false;
  /** Why the last try failed. */
  lastError: unknown;
  readonly #store: string;
  readonly #key: string;
  readonly #startedAt: number;
  readonly #context = new AsyncResource('Update');
  #resolve: (updated: Updated<T | undefined>) => void = () => {};
  #reject: (reason: unknown) => void = () => {};
  readonly #cancelTimer: () => void;
  readonly #onAbort: () => void;
  #isSettled = false;

  constructor(store: string, key: string, change: Change<T>, options: ParsedUpdateOptions) {
    this.change = change;
    this.options = options;
    this.#store = store;
    this.#key = key;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.settled = this.result.then(ignore, ignore);
    const { clock, signal, timeout } = options;
    this.#startedAt = clock.monotonic();
    // The service's reply or the wait between tries keeps the process alive, where something does.
    this.#cancelTimer = clock.setTimer(timeout, () => this.giveUp(), { ref: false });
    this.#onAbort = () => this.reject(signal?.reason);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Whether a further try is within its bound. */
  get mayTry(): boolean {
    return this.attempts < this.options.maxAttempts;
  }

  /** Calls something in the async context of its caller: whoever came first serves the others. */
  within<R>(call: () => R): R {
    return this.#context.runInAsyncScope(call);
  }

  /** Tells of a wait, for as long as the update is part of it. */
  tellOfWait(kind: WaitKind, wait: Promise<void>): void {
    const part = () => Promise.race([wait, this.settled]);
    void this.within(() => traceWait(kind, this.#key, part));
  }

  resolve(updated: Omit<Updated<T | undefined>, 'attempts'>): void {
    if (this.#settle()) this.#resolve({ ...updated, attempts: this.attempts });
  }

  reject(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  /** Ends it because of an error that trying again does not help against. */
  fail(error: unknown): void {
    this.lastError = error;
    if (this.#isOutcomeKnown) this.reject(error);
    else this.giveUp();
  }

  /** Ends it because a bound was reached, with what is known of its outcome. */
  giveUp(): void {
    this.reject(this.#whyGivenUp());
  }

  /**
   * Counts a try, or ends it when that would be one too many.
   *
   * @param error - why the try failed, when it did.
   */
  countTry(error?: unknown): void {
    if (error !== undefined) this.lastError = error;
    if (this.mayTry) this.attempts++;
    else this.giveUp();
  }

  /** Takes back the last try, which failed because of those that it shared the cycle with. */
  forgetTry(): void {
    this.attempts--;
  }

  get #isOutcomeKnown(): boolean {
    return !this.inDoubt && !this.mayBeWritten;
  }

  #whyGivenUp(): unknown {
    const cause = this.lastError;
    const options = cause === undefined ? undefined : { cause };
    if (!this.#isOutcomeKnown) {
      return new OutcomeUnknownError(this.#store, this.#key, outcomeFix, options);
    }
    const waitedMs = this.options.clock.monotonic() - this.#startedAt;
    if (this.conflicts === 0) {
      return cause ?? new UpdateTimedOutError(this.#store, this.#key, waitedMs);
    }
    const { attempts, conflicts } = this;
    return new UpdateContendedError(
      this.#store,
      this.#key,
      { attempts, conflicts, waitedMs },
      options,
    );
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#cancelTimer();
    this.options.signal?.removeEventListener('abort', this.#onAbort);
    return true;
  }
}

/** A signal that aborts when all the updates have been settled. */
export function allSettled(updates: readonly { readonly settled: Promise<void> }[]): AbortSignal {
  const controller = new AbortController();
  void Promise.all(updates.map((update) => update.settled)).then(() => controller.abort());
  return controller.signal;
}

function ignore(): void {}
