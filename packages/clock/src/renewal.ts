/**
 * The renewal loop: keeps a lease alive, and knows when it is lost before anybody else may have it.
 *
 * Invariant: the store counts a lease's time from when it handles a request, the holder from before it
 * sent that request, and stops a margin earlier. So while the holder believes, the store agrees.
 * Everything happens in #proceed, on one timer. Read next: clock-reading.ts for how time is compared.
 * @module
 */
import { backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { type ClockReading, elapsedSince, readClock } from './clock-reading.ts';
import { type Duration, parseDuration } from './duration.ts';
import { LeaseLostError, LeaseOptionError, LeaseReleasedError } from './lease-errors.ts';
import type { Random } from './random.ts';
import { exponential } from './retry-policies.ts';

/** Options of {@link keepRenewed}. */
export interface RenewalOptions {
  readonly clock: Clock;
  /** What the lease is for; errors name it. */
  readonly name: string;
  /** How long the store grants the lease for, each time. */
  readonly ttl: Duration;
  /** `readClock(clock)` from before the request that was granted was sent. */
  readonly requestedAt: ClockReading;
  /**
   * Asks the store for another `ttl`. True: granted. False: the lease is not ours any more, which is
   * final. A rejection may pass, and is tried again. Never called while an earlier call is under way.
   *
   * @param options.signal - aborts when the call has taken a third of the ttl, or the lease is lost.
   */
  readonly renew: (options: { readonly signal: AbortSignal }) => Promise<boolean>;
  /** Called once, at the moment of the loss, before the signal aborts. Never called for a lease that was stopped. */
  readonly onLost?: (() => void) | undefined;
  /** How long before the store the holder gives up: at most half of the ttl. Default a tenth of it. */
  readonly margin?: Duration | undefined;
  /** Where the jitter of the waits after a failure comes from. Default `Math.random`. */
  readonly random?: Random | undefined;
}

/** A lease that is being kept alive. */
export interface Renewal {
  /**
   * Aborts when the lease is lost, or when `stop` is called; the reason is a {@link LeaseLostError} or
   * a {@link LeaseReleasedError}. Pass it to the work that the lease guards.
   */
  readonly signal: AbortSignal;
  /** When the lease is lost unless it is renewed before, on the clock's `now()`. */
  readonly expiresAt: number;
  /** Whether the lease was lost before it was given back. Looks at the clock, as `assertHeld` does. */
  readonly lost: boolean;
  /** Whether a renewal is under way, which `stop` would wait for. */
  readonly renewing: boolean;
  /**
   * Call it before each step that only the holder may take: after a stall of the process, code can run
   * before the timer does that would have aborted the signal.
   *
   * @throws {LeaseLostError} `LEASE_LOST`
   * @throws {LeaseReleasedError} `LEASE_RELEASED`
   */
  assertHeld(): void;
  /**
   * For who learns of the loss in another way, such as a write that was refused: the lease is lost from
   * now on. Does nothing when it was lost or given back before.
   */
  lose(cause?: unknown): void;
  /**
   * Ends the renewals; no other one starts. Waits for one that is under way, so that what gives the lease
   * back comes after it: a second at most, then that renewal is told to give up, and may take another
   * second for it; never longer than the lease would have been held. Does not wait at all for one that is lost. Never rejects; further calls wait for
   * the same end.
   */
  stop(): Promise<void>;
}

/**
 * Keeps a lease alive until it is stopped or lost.
 *
 * Renews at a third of the ttl. What fails is tried again after a short wait, until the holder's own
 * deadline: `ttl - margin` after the request of the last renewal that was granted. Loss is final.
 *
 * Both of the clock's readings count. A machine that was suspended stops the timers, too: the signal
 * then aborts within a tenth of the ttl after it has woken up, `assertHeld` throws at once.
 *
 * A lease does not keep the process alive, nor a virtual clock running by itself: the work under it
 * does. Only `stop` does, while it waits. The signal is made when it is first looked at.
 *
 * @returns the renewal; it is lost from the start when the request took too long.
 * @throws {LeaseOptionError} `LEASE_OPTION_INVALID`: a ttl of 0, or a margin above half of it.
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const requestedAt = readClock(clock);
 * await store.acquire(name, ttl);
 * const lease = keepRenewed({ clock, name, ttl, requestedAt, renew: () => store.renew(name, ttl) });
 * try {
 *   lease.assertHeld(); // the request may have been slow
 *   await work({ signal: lease.signal });
 * } finally {
 *   await lease.stop();
 *   await store.release(name);
 * }
 */
export function keepRenewed(options: RenewalOptions): Renewal {
  return new RenewalLoop(options, timesOf(options));
}

/** All in milliseconds. */
interface Times {
  /** The age at which the lease is renewed. */
  readonly renewAfter: number;
  /** The age at which it is lost. */
  readonly holdFor: number;
  /** How long one renewal may take. */
  readonly attemptFor: number;
  /** How long the clock is not looked at, at most: a timer stands still while the machine does. */
  readonly lookEvery: number;
}

function timesOf({ name, ttl: duration, margin: marginDuration }: RenewalOptions): Times {
  const ttl = parseDuration(duration, 'ttl');
  if (ttl === 0) {
    throw new LeaseOptionError(name, 'ttl', ttl, 'Pass a time in which it can be renewed.');
  }
  const margin = marginDuration === undefined ? ttl / 10 : parseDuration(marginDuration, 'margin');
  if (margin > ttl / 2) {
    const fix = `Pass at most half of the ttl, which is ${ttl} ms.`;
    throw new LeaseOptionError(name, 'margin', margin, fix);
  }
  return {
    renewAfter: ttl / 3,
    holdFor: ttl - margin,
    attemptFor: ttl / 3,
    lookEvery: ttl / 10,
  };
}

/** For how long stop() waits for a reply, and then for the renewal to give up, in milliseconds. */
const patience = 1_000;

/** A renewal that is under way. */
interface Attempt {
  readonly startedAt: ClockReading;
  readonly controller: AbortController;
}

class RenewalLoop implements Renewal {
  readonly #options: RenewalOptions;
  readonly #times: Times;
  /** Made when somebody looks at the signal: to abort one costs more than all the rest of a short lease. */
  #controller: AbortController | undefined;
  #state: 'held' | 'released' | 'lost' = 'held';
  /** Why it is not held any more; of a release, made when somebody asks. */
  #reason: LeaseLostError | LeaseReleasedError | undefined;
  #stopped: Promise<void> | undefined;
  /** Told when no renewal is under way any more. */
  #onRest = () => {};
  /** When the request was sent that the lease stands on. Ages are counted from here. */
  #grantedFrom: ClockReading;
  /** The age at which the next renewal is due. */
  #dueAt: number;
  #failures = 0;
  #lastError: unknown;
  #attempt: Attempt | undefined;
  #cancelTimer = () => {};

  constructor(options: RenewalOptions, times: Times) {
    this.#options = options;
    this.#times = times;
    this.#grantedFrom = options.requestedAt;
    this.#dueAt = times.renewAfter;
    this.#proceed();
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#state !== 'held') this.#controller.abort(this.#endReason());
    }
    return this.#controller.signal;
  }

  get expiresAt(): number {
    return this.#grantedFrom.now + this.#times.holdFor;
  }

  get lost(): boolean {
    this.#expireWhenOld();
    return this.#state === 'lost';
  }

  get renewing(): boolean {
    return this.#attempt !== undefined;
  }

  assertHeld(): void {
    this.#expireWhenOld();
    if (this.#state !== 'held') throw this.#endReason();
  }

  lose(cause?: unknown): void {
    this.#lose(new LeaseLostError(this.#options.name, 'refused', { cause }));
  }

  stop(): Promise<void> {
    // A lease that has expired by now was lost, whatever its timer has noticed.
    this.#expireWhenOld();
    if (this.#state === 'held') {
      this.#state = 'released';
      this.#cancelTimer();
      this.#controller?.abort(this.#endReason());
    }
    this.#stopped ??= this.#rest();
    return this.#stopped;
  }

  /** Does what is due, and comes back when something else will be. */
  #proceed(): void {
    this.#expireWhenOld();
    if (this.#state !== 'held') return;
    if (this.#attempt !== undefined) this.#watch(this.#attempt);
    else if (this.#age < this.#dueAt) this.#lookIn(this.#dueAt - this.#age);
    else this.#startAttempt();
  }

  #startAttempt(): void {
    const { clock } = this.#options;
    const attempt = { startedAt: readClock(clock), controller: new AbortController() };
    this.#attempt = attempt;
    this.#watch(attempt);
    void this.#renew(attempt);
  }

  #watch({ startedAt, controller }: Attempt): void {
    const left = this.#times.attemptFor - elapsedSince(this.#options.clock, startedAt);
    this.#lookIn(left > 0 ? left : this.#times.lookEvery);
    if (left <= 0) controller.abort(tookTooLong('a third of the ttl'));
  }

  /** Proceeds after so many milliseconds, or earlier. */
  #lookIn(ms: number): void {
    this.#cancelTimer();
    const untilLost = this.#times.holdFor - this.#age;
    // Whole milliseconds: a rest too small to be added to the time would be waited for without end.
    const delay = Math.ceil(Math.min(ms, untilLost, this.#times.lookEvery));
    this.#cancelTimer = this.#options.clock.setTimer(delay, () => this.#proceed(), { ref: false });
  }

  async #renew(attempt: Attempt): Promise<void> {
    let takeEffect: () => void;
    try {
      const granted = await this.#options.renew({ signal: attempt.controller.signal });
      takeEffect = granted ? () => this.#holdFrom(attempt.startedAt) : () => this.lose();
    } catch (error) {
      takeEffect = () => this.#tryLater(error);
    }
    this.#attempt = undefined;
    this.#onRest();
    // Also when it was granted: after the deadline, somebody else may have had the lease in between.
    this.#expireWhenOld();
    if (this.#state !== 'held') return;
    takeEffect();
    this.#proceed();
  }

  #holdFrom(startedAt: ClockReading): void {
    this.#grantedFrom = startedAt;
    this.#dueAt = this.#times.renewAfter;
    this.#failures = 0;
    this.#lastError = undefined;
  }

  #tryLater(error: unknown): void {
    this.#lastError = error;
    this.#failures++;
    const { lookEvery } = this.#times;
    const retries = exponential({
      count: 1, // the deadline bounds them
      interval: lookEvery / 3,
      minimum: lookEvery / 10,
      maximum: lookEvery,
    });
    this.#dueAt = this.#age + backoff(retries, this.#failures, this.#options.random);
  }

  get #age(): number {
    return elapsedSince(this.#options.clock, this.#grantedFrom);
  }

  #expireWhenOld(): void {
    if (this.#state !== 'held' || this.#age < this.#times.holdFor) return;
    this.#lose(new LeaseLostError(this.#options.name, 'expired', { cause: this.#lastError }));
  }

  #lose(reason: LeaseLostError): void {
    if (this.#state !== 'held') return;
    this.#state = 'lost';
    this.#reason = reason;
    this.#cancelTimer();
    this.#attempt?.controller.abort(reason);
    this.#options.onLost?.();
    this.#controller?.abort(reason);
  }

  #endReason(): LeaseLostError | LeaseReleasedError {
    this.#reason ??= new LeaseReleasedError(this.#options.name);
    return this.#reason;
  }

  /** Until no renewal is under way, or its time for that is over. */
  async #rest(): Promise<void> {
    if (this.#attempt === undefined || this.#state === 'lost') return;
    const { controller } = this.#attempt;
    await this.#untilRest();
    if (this.#attempt === undefined) return;
    controller.abort(tookTooLong('the lease was wanted for'));
    await this.#untilRest();
  }

  /** For a while: not longer than the lease would have been held. */
  #untilRest(): Promise<void> {
    const longest = Math.max(0, Math.min(patience, this.#times.holdFor - this.#age));
    return new Promise((resolve) => {
      const cancelTimer = this.#options.clock.setTimer(longest, resolve);
      this.#onRest = () => {
        cancelTimer();
        resolve();
      };
    });
  }
}

function tookTooLong(limit: string): DOMException {
  return new DOMException(`The renewal took longer than ${limit}.`, 'TimeoutError');
}
