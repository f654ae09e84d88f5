/**
 * The Limiter of one process: so much at once, first come, first served within a priority.
 *
 * Invariant: `active` never exceeds the maximum, and whenever a permit comes back or a waiter leaves,
 * everybody at the head of the queue who fits is let in. It uses no timers, and idle it holds nothing.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { WaitOptions } from './clock.ts';
import { Heap, type HeapEntry } from './heap.ts';
import { Leaving } from './leaving.ts';
import type { AcquireOptions, Limiter, Permit } from './limiter.ts';
import { permitFor } from './permit.ts';
import { traceWait, type WaitKind } from './waits.ts';

/** A {@link Limiter} within one process. */
export interface ConcurrencyLimiter extends Limiter {
  /** The bound. */
  readonly max: number;
  /** The weight of all permits that are held. */
  readonly active: number;
  /** How many callers wait. */
  readonly waiting: number;
}

/** `LIMITER_OPTION_INVALID`: a limit, weight or priority that makes no sense. */
export class LimiterOptionError extends RunafterError {
  /** `max`, `weight` or `priority`. */
  readonly option: string;
  /** The value as it was given. */
  readonly value: unknown;

  /** @param fix - what to pass instead, as a sentence. */
  constructor(option: string, value: unknown, fix: string) {
    super('LIMITER_OPTION_INVALID', `Limiter: ${option} is ${String(value)}. ${fix}`);
    this.option = option;
    this.value = value;
  }
}

/** Options of {@link concurrencyLimiter}. */
export interface ConcurrencyLimiterOptions {
  /** What telemetry calls it. Default `Limiter`. */
  readonly name?: string | undefined;
  /** False for one inside of something that tells of its waits itself. Default true. */
  readonly tellsWaits?: boolean | undefined;
}

/**
 * Makes a limiter that several loops, runs or parts of a program can share.
 *
 * @param max - how much may be under way at once: a whole number of at least 1.
 * @throws {LimiterOptionError} `LIMITER_OPTION_INVALID`
 * @example
 * const limiter = concurrencyLimiter(5);
 * using permit = await limiter.acquire({ signal });
 */
export function concurrencyLimiter(
  max: number,
  options: ConcurrencyLimiterOptions = {},
): ConcurrencyLimiter {
  if (!Number.isInteger(max) || max < 1) {
    throw new LimiterOptionError('max', max, 'Pass a whole number of at least 1.');
  }
  return new InProcessLimiter(max, options);
}

interface Waiter {
  readonly weight: number;
  readonly priority: number;
  readonly sequence: number;
  readonly admit: (permit: Permit) => void;
}

interface Leaver {
  readonly entry: HeapEntry<Waiter>;
  readonly reject: (reason: unknown) => void;
}

class InProcessLimiter implements ConcurrencyLimiter {
  readonly max: number;
  readonly #name: string;
  readonly #waitKind: WaitKind | undefined;
  readonly #waiters = new Heap<Waiter>(
    (a, b) => b.priority - a.priority || a.sequence - b.sequence,
  );
  readonly #leaving = new Leaving<Leaver>((leavers, reason) => this.#leave(leavers, reason));
  #active = 0;
  #sequence = 0;

  constructor(max: number, options: ConcurrencyLimiterOptions) {
    const { name = 'Limiter', tellsWaits = true } = options;
    this.max = max;
    this.#name = name;
    this.#waitKind = tellsWaits ? 'throttle' : undefined;
  }

  get active(): number {
    return this.#active;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  async acquire(options: AcquireOptions = {}): Promise<Permit> {
    const { signal, priority = 0 } = options;
    const weight = this.#checkWeight(options.weight);
    if (!Number.isFinite(priority)) {
      throw new LimiterOptionError('priority', priority, 'Pass a finite number.');
    }
    signal?.throwIfAborted();
    const permit = this.#grant(weight);
    if (permit !== undefined) return permit;
    return traceWait(this.#waitKind, this.#name, () => this.#queue(weight, priority, signal));
  }

  async tryAcquire(options: Omit<AcquireOptions, 'priority'> = {}): Promise<Permit | undefined> {
    const weight = this.#checkWeight(options.weight);
    options.signal?.throwIfAborted();
    return this.#grant(weight);
  }

  #checkWeight(weight = 1): number {
    if (!Number.isInteger(weight) || weight < 1) {
      throw new LimiterOptionError('weight', weight, 'Pass a whole number of at least 1.');
    }
    if (weight > this.max) {
      const fix = `The limit is ${this.max}, so it could never be granted. Split the work.`;
      throw new LimiterOptionError('weight', weight, fix);
    }
    return weight;
  }

  /** A permit at once, when it fits and nobody waits. */
  #grant(weight: number): Permit | undefined {
    if (this.#waiters.size > 0 || this.#active + weight > this.max) return undefined;
    return this.#permit(weight);
  }

  #queue(weight: number, priority: number, signal: WaitOptions['signal']): Promise<Permit> {
    return new Promise((resolve, reject) => {
      let forgetSignal: (() => void) | undefined;
      const admit = (permit: Permit) => {
        forgetSignal?.();
        resolve(permit);
      };
      const entry = this.#waiters.push({ weight, priority, sequence: this.#sequence++, admit });
      if (signal !== undefined) forgetSignal = this.#leaving.with(signal, { entry, reject });
      // Its priority may have put it before a heavier waiter, into room that is free.
      this.#admitWaiters();
    });
  }

  #leave(leavers: Iterable<Leaver>, reason: unknown): void {
    for (const { entry, reject } of leavers) {
      this.#waiters.remove(entry);
      reject(reason);
    }
    this.#admitWaiters();
  }

  #permit(weight: number): Permit {
    this.#active += weight;
    return permitFor(() => {
      this.#active -= weight;
      this.#admitWaiters();
    });
  }

  #admitWaiters(): void {
    for (;;) {
      const next = this.#waiters.peek();
      if (next === undefined || this.#active + next.weight > this.max) return;
      this.#waiters.pop();
      next.admit(this.#permit(next.weight));
    }
  }
}
