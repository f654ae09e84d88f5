/**
 * The Gate of one process: so many in at once, a waiting room in front of it, and a clear word to whoever
 * finds that full as well.
 *
 * Invariant: whenever a permit comes back, somebody leaves, or the bound is raised, the first in line are let
 * in as far as there is room. So nobody waits while a permit is free. It uses no timers.
 * Read next: gate-options.ts; the promises of every gate are in `@runafter/clock`.
 * @module
 */
import {
  type Clock,
  type Gate,
  type Permit,
  systemClock,
  traceWait,
  type WaitOptions,
} from '@runafter/clock';
import { Leaving, Pace, permitFor } from '@runafter/clock/waiting';
import { ServiceClosedError } from '@runafter/errors';
import { GateFullError } from './gate-errors.ts';
import {
  type GateConcurrency,
  type GateLimits,
  type GateOptions,
  gateConcurrency,
  gateLimits,
} from './gate-options.ts';
import { Line, type Place } from './line.ts';

/** Options of {@link runGate}. */
export interface RunGateOptions extends GateOptions {
  /** What its errors call it. Default: `Run gate`. */
  readonly name?: string | undefined;
  /** What `retryAfter` is measured with. Default: the system's clock. */
  readonly clock?: Pick<Clock, 'monotonic'> | undefined;
}

/** A {@link Gate} within one process. Hand it to `start()` of `@runafter/core`, or stand it before anything else. */
export interface RunGate extends Gate, AsyncDisposable {
  /** What its errors call it. */
  readonly name: string;
  /** How many may be in at once. */
  readonly concurrency: GateConcurrency;
  /** How many are in. */
  readonly running: number;
  /** How many wait in the room. */
  readonly waiting: number;
  /** How many wait outside the room. Always 0 unless `whenFull` is 'wait'. */
  readonly outside: number;

  /**
   * Waits for the caller's turn, first come, first served.
   *
   * @param options.signal - aborting it leaves the line at once, and those behind move up.
   * @throws {GateFullError} `GATE_FULL`, as a rejection, at once: the waiting room is full.
   * @throws {ServiceClosedError} `SERVICE_CLOSED`, as a rejection.
   */
  enter(options?: WaitOptions): Promise<Permit>;

  /**
   * Goes in if there is room and nobody waits; else undefined: what a trigger does that skips a recurrence
   * while the one before is still at work.
   *
   * @throws {ServiceClosedError} `SERVICE_CLOSED`, as a rejection.
   */
  tryEnter(options?: WaitOptions): Promise<Permit | undefined>;

  /**
   * Changes how many may be in at once, and with it the size of a waiting room that was left to its default.
   * More are let in at once; of those who are in or wait already nobody is sent away.
   *
   * @throws {GateOptionError} `GATE_OPTION_INVALID`
   */
  resize(concurrency: GateConcurrency): void;

  /**
   * Lets nobody in any more: those who wait are told so with a {@link ServiceClosedError}. Who is in stays in,
   * and gives the permit back as always. Calling it again does nothing.
   */
  close(): Promise<void>;
}

/**
 * Makes a gate for this process.
 *
 * @throws {GateOptionError} `GATE_OPTION_INVALID`
 * @example
 * const gate = runGate({ concurrency: 5 });
 * const { finished } = start(importLeads, file, { gate });
 * @example
 * using permit = await gate.tryEnter();
 * if (permit === undefined) return; // the one before is still at work: skip this recurrence
 */
export function runGate(options: RunGateOptions = {}): RunGate {
  return new InProcessGate(options);
}

interface Waiter {
  readonly resolve: (permit: Permit) => void;
  readonly reject: (error: unknown) => void;
  forgetSignal?: () => void;
}

class InProcessGate implements RunGate {
  readonly name: string;
  readonly #options: GateOptions;
  readonly #line = new Line<Waiter>();
  readonly #leaving = new Leaving<Place<Waiter>>((places, reason) => this.#leave(places, reason));
  readonly #pace: Pace;
  #limits: GateLimits;
  #running = 0;
  #isClosed = false;

  constructor({ name, clock = systemClock, ...options }: RunGateOptions) {
    this.name = name === undefined ? 'Run gate' : `Run gate "${name}"`;
    this.#options = options;
    this.#limits = gateLimits(this.name, options);
    this.#pace = new Pace(clock);
  }

  get concurrency(): GateConcurrency {
    const { concurrency } = this.#limits;
    return concurrency === Number.POSITIVE_INFINITY ? 'off' : concurrency;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return Math.min(this.#line.length, this.#limits.room);
  }

  get outside(): number {
    return this.#line.length - this.waiting;
  }

  async enter({ signal }: WaitOptions = {}): Promise<Permit> {
    this.#check(signal);
    return this.#letIn() ?? traceWait('gate', this.name, () => this.#wait(signal));
  }

  async tryEnter({ signal }: WaitOptions = {}): Promise<Permit | undefined> {
    this.#check(signal);
    return this.#letIn();
  }

  resize(concurrency: GateConcurrency): void {
    gateConcurrency(this.name, concurrency);
    this.#limits = gateLimits(this.name, { ...this.#options, concurrency });
    this.#moveUp();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (let waiter = this.#line.serve(); waiter; waiter = this.#line.serve()) {
      waiter.forgetSignal?.();
      waiter.reject(new ServiceClosedError(this.name));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #check(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new ServiceClosedError(this.name);
  }

  get #hasRoom(): boolean {
    return this.#running < this.#limits.concurrency;
  }

  /** Ahead of nobody: whoever waits does so because there is no room. */
  #letIn(): Permit | undefined {
    return this.#hasRoom ? this.#permit() : undefined;
  }

  #wait(signal: AbortSignal | undefined): Promise<Permit> {
    const { room, refuses } = this.#limits;
    if (refuses && this.#line.length >= room) throw this.#fullError();
    return new Promise((resolve, reject) => {
      const place = this.#line.join({ resolve, reject });
      if (signal !== undefined) place.item.forgetSignal = this.#leaving.with(signal, place);
    });
  }

  #leave(places: Iterable<Place<Waiter>>, reason: unknown): void {
    for (const place of places) {
      this.#line.leave(place);
      place.item.reject(reason);
    }
  }

  #fullError(): GateFullError {
    const { running, waiting } = this;
    const retryAfter = this.#pace.retryAfter(running + waiting);
    return new GateFullError(this.name, { running, waiting, retryAfter });
  }

  #permit(): Permit {
    this.#running++;
    this.#pace.watch(!this.#hasRoom);
    return permitFor(() => {
      this.#running--;
      this.#pace.turn(this.#limits.concurrency);
      this.#moveUp();
    });
  }

  #moveUp(): void {
    while (this.#hasRoom) {
      const next = this.#line.serve();
      if (next === undefined) break;
      next.forgetSignal?.();
      next.resolve(this.#permit());
    }
    this.#pace.watch(!this.#hasRoom);
  }
}
