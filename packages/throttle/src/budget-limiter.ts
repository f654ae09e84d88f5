/**
 * The Limiter over a budget: who is next, how many may wait, and how a wait ends, once for all budgets.
 *
 * Invariant: at any time at most one request to the budget is under way, and it is for the weight of whoever is
 * first. So nobody overtakes a heavier one, and a permit goes to whoever is first when it is granted.
 * Read next: waiting-room.ts for the order, budget.ts for what a driver does.
 * @module
 */
import {
  type AcquireOptions,
  type Clock,
  type Limiter,
  LimiterOptionError,
  type Permit,
  systemClock,
  traceWait,
  type WaitOptions,
} from '@runafter/clock';
import { Leaving, Pace } from '@runafter/clock/waiting';
import { ServiceClosedError } from '@runafter/errors';
import type { Budget } from './budget.ts';
import { LimiterFullError } from './limiter-full-error.ts';
import { type Waiter, WaitingRoom } from './waiting-room.ts';

/** Options of {@link budgetLimiter}, and with it of every limiter that stands on a budget. */
export interface WaitingOptions {
  /** How many may wait in this process: a whole number of at least 1, or Infinity. Default 10,000. */
  readonly waiting?: number | undefined;
  /**
   * What happens to whoever finds that as many wait as may.
   *
   * - `reject`: a {@link LimiterFullError} at once, with a hint when to come back.
   * - `wait`: it waits outside, first come, first served whatever its priority, until there is a place. A
   *   producer that awaits each call before the next is slowed down by that, and nobody starves outside.
   *
   * Default 'reject'.
   */
  readonly whenFull?: 'reject' | 'wait' | undefined;
  /** Default: the system's clock. */
  readonly clock?: Clock | undefined;
}

/** A {@link Limiter} with a bounded waiting room. */
export interface BudgetLimiter extends Limiter, AsyncDisposable {
  /** What its errors call it. */
  readonly name: string;
  /** How many callers of this process wait in the room. */
  readonly waiting: number;
  /** How many wait outside the room. Always 0 unless `whenFull` is 'wait'. */
  readonly outside: number;

  /**
   * Waits for a permit.
   *
   * @param options.signal - aborting it leaves at once, and those behind move up.
   * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`, as a rejection: a weight or a priority that makes no
   *   sense, or a weight that could never be granted.
   * @throws {LimiterFullError} `LIMITER_FULL`, as a rejection, at once: as many wait as may.
   * @throws {ServiceClosedError} `SERVICE_CLOSED`, as a rejection.
   */
  acquire(options?: AcquireOptions): Promise<Permit>;

  /**
   * Lets nobody in any more: those who wait are told so with a {@link ServiceClosedError}, and so is who comes
   * later. Permits that are held stay valid, and are released as always. Calling it again does nothing.
   */
  close(): Promise<void>;
}

/**
 * Makes a limiter of a budget. For drivers: users call `limiter()` or, say, `redisLimiter()`.
 *
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`
 */
export function budgetLimiter(budget: Budget, options: WaitingOptions = {}): BudgetLimiter {
  return new LimiterOnBudget(budget, options);
}

/** What the budget is being asked for. */
interface Request {
  readonly weight: number;
  readonly controller: AbortController;
}

class LimiterOnBudget implements BudgetLimiter {
  readonly #budget: Budget;
  readonly #room: WaitingRoom;
  readonly #leaving = new Leaving<Waiter>((waiters, reason) => this.#leave(waiters, reason));
  readonly #refuses: boolean;
  readonly #pace: Pace;
  /** How many can be let in at the same moment: a window that is empty again. */
  readonly #atOnce: number;
  #request: Request | undefined;
  /** Of the next request; another one after an abort. */
  #controller = new AbortController();
  #sequence = 0;
  #closing: Promise<void> | undefined;

  constructor(budget: Budget, options: WaitingOptions) {
    const { waiting = 10_000, whenFull = 'reject', clock = systemClock } = options;
    if (waiting !== Number.POSITIVE_INFINITY) checkWhole('waiting', waiting);
    if (whenFull !== 'reject' && whenFull !== 'wait') {
      throw new LimiterOptionError('whenFull', whenFull, "Pass 'reject' or 'wait'.");
    }
    this.#budget = budget;
    this.#room = new WaitingRoom(waiting);
    this.#refuses = whenFull === 'reject';
    this.#pace = new Pace(clock);
    this.#atOnce = Number.isFinite(budget.heaviest) ? budget.heaviest : 1;
  }

  get name(): string {
    return this.#budget.name;
  }

  get waiting(): number {
    return this.#room.waiting;
  }

  get outside(): number {
    return this.#room.outside;
  }

  async acquire(options: AcquireOptions = {}): Promise<Permit> {
    const { signal, priority = 0 } = options;
    const weight = this.#checkWeight(options.weight);
    if (!Number.isFinite(priority)) {
      throw new LimiterOptionError('priority', priority, 'Pass a finite number.');
    }
    this.#checkOpen(signal);
    const permit = this.#askFirst(weight);
    if (permit !== undefined) return permit;
    return traceWait('throttle', this.name, () => this.#wait(weight, priority, signal));
  }

  async tryAcquire(options: Omit<AcquireOptions, 'priority'> = {}): Promise<Permit | undefined> {
    const weight = this.#checkWeight(options.weight);
    this.#checkOpen(options.signal);
    if (this.#room.first !== undefined) return undefined;
    return await this.#budget.tryTake(weight, options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    while (this.#room.first !== undefined) this.#refuse(new ServiceClosedError(this.name));
    this.#moveUp();
    await this.#budget.close();
  }

  #checkOpen(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#closing !== undefined) throw new ServiceClosedError(this.name);
  }

  #checkWeight(weight = 1): number {
    checkWhole('weight', weight);
    if (weight > this.#budget.heaviest) {
      const fix = `No more than ${this.#budget.heaviest} can ever be granted. Split the work.`;
      throw new LimiterOptionError('weight', weight, fix);
    }
    return weight;
  }

  /** Where nobody waits, a permit that is to be had at once is taken without a place in the room. */
  #askFirst(weight: number): Permit | undefined {
    if (this.#room.first !== undefined || this.#request !== undefined) return undefined;
    return this.#ask(weight);
  }

  #wait(weight: number, priority: number, signal: WaitOptions['signal']): Promise<Permit> {
    if (this.#refuses && this.#room.isFull) throw this.#fullError();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { weight, priority, sequence: this.#sequence++, resolve, reject };
      this.#room.join(waiter);
      if (signal !== undefined) waiter.forgetSignal = this.#leaving.with(signal, waiter);
      this.#moveUp();
    });
  }

  #leave(waiters: Iterable<Waiter>, reason: unknown): void {
    for (const waiter of waiters) {
      this.#room.leave(waiter);
      waiter.reject(reason);
    }
    this.#moveUp();
  }

  #fullError(): LimiterFullError {
    const { waiting } = this;
    const byPace = this.#pace.retryAfter(waiting);
    // Rates let calls in by bursts: on the average they are quick, but nobody moves up before the next one.
    const due = this.#budget.dueIn?.();
    const retryAfter = due === undefined ? byPace : Math.max(1, Math.ceil(due), byPace ?? 0);
    return new LimiterFullError(this.name, waiting, retryAfter);
  }

  /** Lets in whoever is first as long as there is something for them, and asks for the next one. */
  #moveUp(): void {
    for (;;) {
      const first = this.#room.first;
      this.#pace.watch(first !== undefined);
      if (this.#request !== undefined) {
        if (first?.weight !== this.#request.weight) this.#withdraw(this.#request);
        return;
      }
      if (first === undefined) return;
      const permit = this.#ask(first.weight);
      if (permit === undefined) return;
      this.#admit(permit);
    }
  }

  /** A permit, or undefined: the request is under way then. */
  #ask(weight: number): Permit | undefined {
    const controller = this.#controller;
    const taken = this.#take(weight, controller.signal);
    if (!(taken instanceof Promise)) return taken;
    const request = { weight, controller };
    this.#request = request;
    taken.then(
      (permit) => this.#onGranted(request, permit),
      (error: unknown) => this.#onRefused(request, error),
    );
    return undefined;
  }

  /** A driver that throws at once has refused, as one that rejects. */
  #take(weight: number, signal: AbortSignal): ReturnType<Budget['take']> {
    try {
      return this.#budget.take(weight, { signal });
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #withdraw({ controller }: Request): void {
    if (controller.signal.aborted) return;
    this.#controller = new AbortController();
    controller.abort();
  }

  #onGranted({ weight }: Request, permit: Permit | undefined): void {
    this.#request = undefined;
    // Who it was for may have left while it was on its way.
    if (this.#room.first?.weight !== weight) permit?.release();
    else if (permit !== undefined) this.#admit(permit);
    this.#moveUp();
  }

  #onRefused({ controller }: Request, error: unknown): void {
    this.#request = undefined;
    if (!controller.signal.aborted) this.#refuse(error);
    this.#moveUp();
  }

  #admit(permit: Permit): void {
    this.#pace.turn(this.#atOnce);
    const first = this.#room.takeFirst();
    first?.forgetSignal?.();
    first?.resolve(permit);
  }

  #refuse(error: unknown): void {
    const first = this.#room.takeFirst();
    first?.forgetSignal?.();
    first?.reject(error);
  }
}

function checkWhole(option: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) >= 1) return;
  throw new LimiterOptionError(option, value, 'Pass a whole number of at least 1.');
}
