/**
 * The AtomicCounter on any driver: ranges, names, ids and lost replies, written once.
 *
 * Invariant: an addition without an id is sent once, for nobody could tell whether a second one would be
 * one too many. With an id it is sent until it is answered.
 * Read next: counter-driver.ts, what a backend does.
 * @module
 */
import {
  type Clock,
  type Duration,
  exponential,
  isTransient,
  parseDuration,
  type Random,
  retry,
  systemClock,
  untilAborted,
} from '@runafter/clock';
import { mayHaveBeenDone, ServiceClosedError } from '@runafter/errors';
import { type CallOptions, OutcomeUnknownError } from '@runafter/optimistic';
import type { Addition, CounterDriver, Once } from './counter-driver.ts';
import { CounterChangedError, CounterOverflowError } from './counter-errors.ts';
import type { AddOptions, AtomicCounter, ResetOptions } from './counter-port.ts';
import { assertName, toKeptId, toWhole } from './counter-rules.ts';

/** Options of every atomic counter; a driver adds its own. */
export interface AtomicCounterOptions {
  /** How long operation ids are kept, so for how long `once` holds. Default '1d'. */
  readonly keepIds?: Duration | undefined;
  /**
   * How long an addition with `once` is tried again while the service does not answer, and never longer
   * than its id would be kept. Default '30s'.
   */
  readonly timeout?: Duration | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Where the jitter of the waits comes from. Default `Math.random`. */
  readonly random?: Random | undefined;
}

/**
 * Makes a counter on a driver. Drivers of this project come as counters already; this is for a driver of
 * your own.
 *
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const counter = atomicCounter(myDriver, { keepIds: '7d' });
 * await counter.add('orders', 1, { once: idempotencyKey });
 */
export function atomicCounter(
  driver: CounterDriver,
  options: AtomicCounterOptions = {},
): AtomicCounter {
  return new DriverCounter(driver, options);
}

class DriverCounter implements AtomicCounter {
  readonly name: string;
  readonly #driver: CounterDriver;
  readonly #keptFor: number;
  readonly #timeout: number;
  readonly #clock: Clock;
  readonly #random: Random | undefined;
  #closing: Promise<void> | undefined;

  constructor(driver: CounterDriver, options: AtomicCounterOptions) {
    this.name = driver.name;
    this.#driver = driver;
    this.#keptFor = parseDuration(options.keepIds ?? '1d', 'keepIds');
    this.#timeout = parseDuration(options.timeout ?? '30s', 'timeout');
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random;
  }

  async add(name: string, amount: bigint | number, options?: AddOptions): Promise<void> {
    await this.addAndGet(name, amount, options);
  }

  async addAndGet(
    name: string,
    amount: bigint | number,
    options: AddOptions = {},
  ): Promise<bigint> {
    this.#check(name, options);
    const whole = toWhole(this.name, 'amount', amount);
    const { state, value } = await this.#add(name, whole, options);
    if (state === 'overflow') throw new CounterOverflowError(this.name, name, value, whole);
    return value;
  }

  async read(name: string, options: CallOptions = {}): Promise<bigint> {
    this.#check(name, options);
    return await untilAborted(options.signal, this.#driver.read(name, options));
  }

  async reset(name: string, options: ResetOptions = {}): Promise<bigint> {
    this.#check(name, options);
    const to = toWhole(this.name, 'to', options.to ?? 0);
    const expected =
      options.expected === undefined ? undefined : toWhole(this.name, 'expected', options.expected);
    const { state, value } = await this.#send(
      name,
      'Read it and look: with `expected`, the value tells whether the reset was done.',
      options,
      () => this.#driver.reset(name, to, expected, options),
    );
    if (state === 'changed' && expected !== undefined) {
      throw new CounterChangedError(this.name, name, expected, value);
    }
    return value;
  }

  close(): Promise<void> {
    this.#closing ??= this.#driver.close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #add(name: string, amount: bigint, options: AddOptions): Promise<Addition> {
    const { once: id } = options;
    if (id === undefined) {
      const fix =
        'Read it and look, or pass `once`: with an operation id, trying again is harmless.';
      const request = () => this.#driver.add(name, amount, undefined, options);
      return await this.#send(name, fix, options, request);
    }
    assertName(this.name, 'once', id);
    const once: Once = { id: toKeptId(id), keptFor: this.#keptFor };
    const fix = 'Try again with the same id: it counts once.';
    return await this.#sendUntilAnswered(name, fix, options, () =>
      this.#driver.add(name, amount, once, options),
    );
  }

  async #send<R>(
    name: string,
    fix: string,
    { signal }: CallOptions,
    request: () => Promise<R>,
  ): Promise<R> {
    try {
      return await untilAborted(signal, request());
    } catch (error) {
      if (!mayHaveBeenDone(error)) throw error;
      throw new OutcomeUnknownError(this.name, name, fix, { cause: error });
    }
  }

  /** What was sent once without an answer stays in doubt, whatever the tries after it say. */
  async #sendUntilAnswered<R>(
    name: string,
    fix: string,
    { signal }: CallOptions,
    request: () => Promise<R>,
  ): Promise<R> {
    const untilTimeout = exponential({
      count: Number.POSITIVE_INFINITY,
      interval: '20ms',
      maximum: '2s',
      totalTime: Math.min(this.#timeout, this.#keptFor),
      when: isTransient,
    });
    const options = { clock: this.#clock, signal, random: this.#random };
    let inDoubt = false;
    const attempt = async () => {
      try {
        return await request();
      } catch (error) {
        inDoubt ||= mayHaveBeenDone(error);
        throw error;
      }
    };
    try {
      return await untilAborted(signal, retry(attempt, untilTimeout, options));
    } catch (error) {
      if (!inDoubt || signal?.aborted) throw error;
      throw new OutcomeUnknownError(this.name, name, fix, { cause: error });
    }
  }

  #check(name: string, { signal }: CallOptions): void {
    signal?.throwIfAborted();
    if (this.#closing !== undefined) throw new ServiceClosedError(this.name);
    assertName(this.name, 'name', name);
  }
}
