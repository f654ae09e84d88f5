/**
 * A Clock that stands still until it is told to move, for tests and simulations.
 *
 * Invariant: timers fire one at a time, in the order of their time and then of their creation, and the
 * clock moves on only when all that the last one set off has come to rest.
 * Read next: quiet-turn.ts for what "at rest" means.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { Clock, TimerOptions, WaitOptions } from './clock.ts';
import { type Duration, parseDuration } from './duration.ts';
import { Heap } from './heap.ts';
import { onQuietTurn } from './quiet-turn.ts';
import { sleepOn } from './sleep.ts';
import { timerDelay } from './timer-delay.ts';

/** Options of {@link virtualClock}. */
export interface VirtualClockOptions {
  /** What `now()` says at first. Default 2026-01-01T00:00:00Z. */
  readonly start?: Date | number;
  /**
   * Whether the clock runs itself forward to the next timer whenever nothing else is left to do, as
   * long as a timer is waiting that would keep a process alive.
   * Only for programs whose every wait goes through the clock: a request that is on its way cannot
   * be seen, so a time-out would beat it. Default false.
   */
  readonly autoAdvance?: boolean;
}

/** A {@link Clock} that a test moves. `monotonic()` starts at 0. */
export interface VirtualClock extends Clock {
  /**
   * Moves both readings forward and fires the timers that become due, each at its own time. Before,
   * between and after them, promise chains run until they wait for the clock or for the outside, so
   * that a loop of sleeps runs through. Calls that overlap are carried out one after the other.
   *
   * Resolves when all is at rest; rejects with what a timer's callback throws, at that timer's time.
   *
   * @throws {DurationError} `DURATION_INVALID`, as a rejection: not a duration.
   * @example
   * const done = clock.sleep('1h').then(() => 'awake');
   * await clock.advance('1h');
   */
  advance(duration: Duration): Promise<void>;

  /**
   * Moves to the next timer and fires it, and with it nothing else that is due at the same time.
   *
   * @returns whether there was a timer.
   */
  advanceToNext(): Promise<boolean>;

  /**
   * Moves `now()` alone, as on a machine that was suspended and wakes up: `monotonic()` and all timers
   * stand still meanwhile.
   *
   * @throws {DurationError} `DURATION_INVALID`: not a duration.
   */
  suspend(duration: Duration): void;

  /** How many timers are waiting. A finished program has left none: `expect(clock.pending).toBe(0)`. */
  readonly pending: number;
}

/**
 * Makes a clock for tests.
 *
 * @throws {RunafterError} `CLOCK_OPTION_INVALID`: `start` is not a time.
 * @example
 * const clock = virtualClock({ autoAdvance: true });
 * await clock.sleep('7d'); // at once
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  return new SteppedClock(startOf(options.start), options.autoAdvance ?? false);
}

const defaultStart = Date.UTC(2026, 0, 1);

function startOf(start: Date | number = defaultStart): number {
  const ms = Number(start);
  if (Number.isFinite(ms)) return ms;
  throw new RunafterError(
    'CLOCK_OPTION_INVALID',
    `virtualClock: start is ${String(start)}, which is not a time. ` +
      'Pass a valid Date or milliseconds since 1970, or leave it out.',
  );
}

interface Timer {
  readonly at: number;
  readonly sequence: number;
  readonly callback: () => void;
  readonly ref: boolean;
}

class SteppedClock implements VirtualClock {
  readonly #timers = new Heap<Timer>((a, b) => a.at - b.at || a.sequence - b.sequence);
  readonly #autoAdvance: boolean;
  /** What now() says when monotonic() says 0; a suspension adds to it. */
  #origin: number;
  #elapsed = 0;
  #sequence = 0;
  /** Timers that are waiting and keep the clock running by itself. */
  #refs = 0;
  /** Moves by hand that are not finished; while there are any, the clock does not run by itself. */
  #moves = 0;
  #lastMove: Promise<unknown> = Promise.resolve();
  #ticking = false;

  constructor(start: number, autoAdvance: boolean) {
    this.#origin = start;
    this.#autoAdvance = autoAdvance;
  }

  now(): number {
    return Math.floor(this.#origin + this.#elapsed);
  }

  monotonic(): number {
    return this.#elapsed;
  }

  get pending(): number {
    return this.#timers.size;
  }

  setTimer(delayMs: number, callback: () => void, options: TimerOptions = {}): () => void {
    const { ref = true } = options;
    const at = this.#elapsed + timerDelay(delayMs);
    const entry = this.#timers.push({ at, sequence: this.#sequence++, callback, ref });
    if (ref) this.#refs++;
    this.#runByItself();
    return () => {
      if (this.#timers.remove(entry) && ref) this.#refs--;
    };
  }

  sleep(duration: Duration, options?: WaitOptions): Promise<void> {
    return sleepOn(this, duration, options);
  }

  async advance(duration: Duration): Promise<void> {
    const ms = parseDuration(duration, 'advance');
    await this.#move(async () => {
      const target = this.#elapsed + ms;
      await atRest();
      while ((this.#timers.peek()?.at ?? Number.POSITIVE_INFINITY) <= target) {
        this.#fireNext();
        await atRest();
      }
      this.#elapsed = target;
    });
  }

  advanceToNext(): Promise<boolean> {
    return this.#move(async () => {
      await atRest();
      const fired = this.#fireNext();
      await atRest();
      return fired;
    });
  }

  suspend(duration: Duration): void {
    this.#origin += parseDuration(duration, 'suspend');
  }

  #fireNext(): boolean {
    const timer = this.#timers.pop();
    if (timer === undefined) return false;
    if (timer.ref) this.#refs--;
    this.#elapsed = timer.at;
    timer.callback();
    return true;
  }

  async #move<T>(steps: () => Promise<T>): Promise<T> {
    this.#moves++;
    const move = this.#lastMove.then(steps);
    this.#lastMove = move.catch(() => undefined);
    try {
      return await move;
    } finally {
      this.#moves--;
      this.#runByItself();
    }
  }

  #runByItself(): void {
    if (!this.#autoAdvance || this.#ticking || this.#moves > 0 || this.#refs === 0) return;
    this.#ticking = true;
    onQuietTurn(() => {
      this.#ticking = false;
      try {
        if (this.#moves === 0 && this.#refs > 0) this.#fireNext();
      } finally {
        this.#runByItself();
      }
    });
  }
}

function atRest(): Promise<void> {
  return new Promise(onQuietTurn);
}
