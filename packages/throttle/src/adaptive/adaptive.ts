/**
 * A limiter that finds the degree of parallelism alone: as many calls at once as make the job fast, and as few as
 * the service takes.
 *
 * Invariant: every decision is the controller's, which knows neither clock nor promise; here is who waits, and
 * the one timer that wakes them. Read next: controller.ts.
 * @module
 */
import {
  type AcquireOptions,
  type AdaptiveLimiter,
  type Clock,
  isThrottled,
  LimiterOptionError,
  type Permit,
  retryAfterOf,
  systemClock,
  traceWait,
  type WaitOptions,
} from '@runafter/clock';
import { Heap, permitFor } from '@runafter/clock/waiting';
import { readProperty } from '@runafter/errors';
import type { Rate } from '../rate.ts';
import { AdaptiveController, type CallEnd, type SentCall } from './controller.ts';
import type { AdaptiveDecision } from './decisions.ts';
import { ListenerSet } from './listener-set.ts';
import { parseAdaptiveOptions } from './parse-adaptive-options.ts';

/** Options of {@link adaptive}. */
export interface AdaptiveOptions {
  /** How many calls are under way at once at first: a whole number from `min` to `max`. Default 8, or what is nearest. */
  readonly start?: number | undefined;
  /** How many it never goes below: a whole number of at least 1. Default 1. */
  readonly min?: number | undefined;
  /** How many there may ever be: a whole number of at least 1. Default 50. */
  readonly max?: number | undefined;
  /**
   * A limit that the service documents, where its kind is known.
   *
   * - `sliding-window` (the default) and `fixed-window`: never more than 97 % of its calls in any such time.
   * - `token-bucket`: calls are spaced from the beginning, at 95 % of its rate, and what is seen corrects it. For
   *   services with a long Retry-After, such as SharePoint; where bursts are allowed, leaving it out is faster.
   */
  readonly limit?: Rate | undefined;
  /** Gets each decision as it is made, after the limiter has settled. */
  readonly onDecision?: ((decision: AdaptiveDecision) => unknown) | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** What {@link Adaptive.inspect} shows. */
export interface AdaptiveState {
  /** How much is let in at once. */
  readonly degree: number;
  /** The weight of all permits that are held. */
  readonly inFlight: number;
  /** How many callers wait. */
  readonly waiting: number;
  /** The pace at which calls are let in, in calls per second; undefined: as they come. */
  readonly rate: number | undefined;
  /** What the service seems to take, in calls per second; undefined: not known. */
  readonly estimate: number | undefined;
  /** Until when nobody is let in because the service said so; undefined: there is no pause. */
  readonly pausedUntil: Date | undefined;
}

/** An {@link AdaptiveLimiter} within one process. */
export interface Adaptive extends AdaptiveLimiter {
  /**
   * Runs `fn` with a permit, and learns from how it ends.
   *
   * @param fn - gets `options.signal`, or without one a signal that never aborts.
   * @param options.signal - ends the wait at once, and is handed to `fn`.
   * @returns what `fn` gives; rejects with what it throws.
   * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`, as a rejection: weight or priority.
   */
  run<T>(
    fn: (call: { readonly signal: AbortSignal }) => T | PromiseLike<T>,
    options?: AcquireOptions,
  ): Promise<T>;

  /** What it is doing now. */
  inspect(): AdaptiveState;
}

/**
 * Makes a limiter that adapts to a service.
 *
 * It begins with `start` calls at once, and goes on with as many as make the most throughput. When a call is
 * throttled, everybody waits until the service's Retry-After is over; when that happens too often, calls are spaced at a
 * pace that the service takes. Use one for each service, or each user of it that has a limit of its own.
 *
 * A call is throttled when its permit is released with an error for which clock's `isThrottled()` is true. Any
 * other error only ends it, and an abort says nothing at all.
 *
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`: of `limit.per`.
 * @example
 * const crm = adaptive();
 * await Promise.all(leads.map((lead) => crm.run(({ signal }) => push(lead, { signal }))));
 */
export function adaptive(options: AdaptiveOptions = {}): Adaptive {
  return new AdaptiveLimiterOnClock(options);
}

interface Waiter {
  readonly weight: number;
  readonly priority: number;
  readonly sequence: number;
  readonly signal: AbortSignal | undefined;
  readonly admit: (permit: Permit) => void;
}

class AdaptiveLimiterOnClock implements Adaptive {
  readonly #clock: Clock;
  readonly #controller: AdaptiveController;
  readonly #heaviest: number;
  readonly #waiters = new Heap<Waiter>(
    (a, b) => b.priority - a.priority || a.sequence - b.sequence,
  );
  readonly #degreeListeners = new ListenerSet<number>('degrees');
  readonly #decisionListeners = new ListenerSet<AdaptiveDecision>('decisions');
  /** Decisions that nobody was told yet. */
  readonly #decisions: AdaptiveDecision[] = [];
  #isTelling = false;
  #sequence = 0;
  #alarm: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(options: AdaptiveOptions) {
    const { clock = systemClock, onDecision } = options;
    const settings = parseAdaptiveOptions(options);
    this.#clock = clock;
    this.#heaviest = settings.heaviest;
    this.#controller = new AdaptiveController({
      ...settings,
      now: clock.monotonic(),
      decided: (decision) => this.#decisions.push(decision),
    });
    if (onDecision !== undefined) this.#decisionListeners.add(onDecision);
  }

  get degree(): number {
    return this.#controller.degree;
  }

  get max(): number {
    return this.#controller.max;
  }

  onDegree(listener: (degree: number) => void): () => void {
    return this.#degreeListeners.add(listener);
  }

  inspect(): AdaptiveState {
    const { degree, inFlight, rate, estimate, pausedUntil } = this.#controller;
    const pause = pausedUntil - this.#clock.monotonic();
    return {
      degree,
      inFlight,
      waiting: this.#waiters.size,
      rate,
      estimate,
      pausedUntil: pause > 0 ? new Date(this.#clock.now() + Math.ceil(pause)) : undefined,
    };
  }

  async acquire(options: AcquireOptions = {}): Promise<Permit> {
    const { signal, priority = 0 } = options;
    const weight = this.#checkWeight(options.weight);
    if (!Number.isFinite(priority)) {
      throw new LimiterOptionError('priority', priority, 'Pass a finite number.');
    }
    signal?.throwIfAborted();
    const permit = this.#grant(weight, signal);
    if (permit !== undefined) return permit;
    return traceWait('throttle', 'Adaptive limiter', () => this.#wait(weight, priority, signal));
  }

  async tryAcquire(options: Omit<AcquireOptions, 'priority'> = {}): Promise<Permit | undefined> {
    const { signal } = options;
    const weight = this.#checkWeight(options.weight);
    signal?.throwIfAborted();
    return this.#grant(weight, signal);
  }

  async run<T>(
    fn: (call: { readonly signal: AbortSignal }) => T | PromiseLike<T>,
    options: AcquireOptions = {},
  ): Promise<T> {
    const permit = await this.acquire(options);
    const { signal = new AbortController().signal } = options;
    try {
      const value = await fn({ signal });
      permit.release();
      return value;
    } catch (error) {
      permit.release(error ?? new Error('The call failed with nothing.'));
      throw error;
    }
  }

  #checkWeight(weight = 1): number {
    if (!Number.isInteger(weight) || weight < 1) {
      throw new LimiterOptionError('weight', weight, 'Pass a whole number of at least 1.');
    }
    if (weight > this.#heaviest) {
      const fix = `No more than ${this.#heaviest} can ever be granted. Split the work.`;
      throw new LimiterOptionError('weight', weight, fix);
    }
    return weight;
  }

  /** A permit at once, when nobody waits and the controller has nothing against it. */
  #grant(weight: number, signal: AbortSignal | undefined): Permit | undefined {
    if (this.#waiters.size > 0) return undefined;
    const now = this.#clock.monotonic();
    const permit =
      this.#controller.earliestStart(now, weight) <= now
        ? this.#permit(now, weight, signal)
        : undefined;
    this.#tell();
    return permit;
  }

  #wait(weight: number, priority: number, signal: WaitOptions['signal']): Promise<Permit> {
    return new Promise((resolve, reject) => {
      const admit = (permit: Permit) => {
        signal?.removeEventListener('abort', leave);
        resolve(permit);
      };
      const sequence = this.#sequence++;
      const entry = this.#waiters.push({ weight, priority, sequence, signal, admit });
      const leave = () => {
        this.#waiters.remove(entry);
        reject(signal?.reason);
        this.#moveUp();
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#moveUp();
    });
  }

  #permit(now: number, weight: number, signal: AbortSignal | undefined): Permit {
    const call = this.#controller.sent(now, weight);
    return permitFor((error) => this.#ended(call, this.#endOf(error, signal)));
  }

  #endOf(error: unknown, signal: AbortSignal | undefined): CallEnd {
    if (error === undefined) return { outcome: 'ok' };
    if (isThrottled(error)) {
      return { outcome: 'throttled', retryAfter: retryAfterOf(error, this.#clock) };
    }
    const isAbort = signal?.aborted === true || readProperty(error, 'name') === 'AbortError';
    return { outcome: isAbort ? 'aborted' : 'failed' };
  }

  #ended(call: SentCall, end: CallEnd): void {
    this.#controller.ended(this.#clock.monotonic(), call, end);
    this.#moveUp();
  }

  /** Lets in whoever may go, and has itself woken when the next one may. */
  #moveUp(): void {
    this.#wakeAt(this.#letIn());
    this.#tell();
  }

  /** @returns when the next one may go in; Infinity: nobody waits, or it depends on an end. */
  #letIn(): number {
    for (let first = this.#waiters.peek(); first !== undefined; first = this.#waiters.peek()) {
      const now = this.#clock.monotonic();
      const at = this.#controller.earliestStart(now, first.weight);
      if (at > now) return at;
      this.#waiters.pop();
      first.admit(this.#permit(now, first.weight, first.signal));
    }
    return Number.POSITIVE_INFINITY;
  }

  #wakeAt(at: number): void {
    if (this.#alarm?.at === at) return;
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    const cancel = this.#clock.setTimer(at - this.#clock.monotonic(), () => {
      this.#alarm = undefined;
      this.#moveUp();
    });
    this.#alarm = { at, cancel };
  }

  /** Tells what was decided, when all of it is carried out: a listener may call the limiter, and decide more. */
  #tell(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (let next = this.#decisions.shift(); next; next = this.#decisions.shift()) {
      this.#decisionListeners.tell(next);
      if (next.type === 'degree-changed') this.#degreeListeners.tell(next.to);
    }
    this.#isTelling = false;
  }
}
