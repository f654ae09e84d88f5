/**
 * The Counter port: numbers by name that many can add to at once, and none is lost or counted twice.
 *
 * Every counter promises:
 *
 * - N concurrent additions of one give exactly N more, from however many processes.
 * - With `once`, an operation id counts once within the time for which ids are kept, also after a crash
 *   between the write and its reply, and after a reset.
 * - Values are signed 64-bit numbers. What would leave that range is refused and changes nothing.
 * - `OUTCOME_UNKNOWN` is the one rejection after which an amount may have been added. With `once` it only
 *   comes when the service has stayed away for long, and trying again with the same id is harmless. An
 *   abort is another: whoever aborts does not wait for the outcome.
 *
 * Read next: counter-driver.ts, what a backend does; sharded-counter.ts, for backends without arithmetic.
 * @module
 */
import type { CallOptions } from '@runafter/optimistic';

/** Options of {@link Counter.add}. */
export interface AddOptions extends CallOptions {
  /**
   * The id of the operation that adds, such as an action's idempotency key: at least one character
   * of well-formed Unicode. The same id never counts twice on the same counter, whatever amount comes
   * with it.
   */
  readonly once?: string | undefined;
}

/** Options of {@link Counter.reset}. */
export interface ResetOptions extends CallOptions {
  /** The new value. Default 0. */
  readonly to?: bigint | number | undefined;
  /** Resets only while the value is this one. */
  readonly expected?: bigint | number | undefined;
}

/**
 * See the module's header for what every counter promises.
 *
 * A name is 1 to 200 characters of well-formed Unicode, compared exactly. A counter that nobody has
 * added to is 0.
 */
export interface Counter extends AsyncDisposable {
  /** What errors call it, such as `Redis counters "stock:"`. */
  readonly name: string;
  /**
   * @param amount - a whole number; a negative one takes away.
   * @throws {CounterOverflowError} `COUNTER_OVERFLOW`
   * @throws {CounterOptionError} `COUNTER_OPTION_INVALID`: not a name, an amount or an id.
   * @throws {OutcomeUnknownError} `OUTCOME_UNKNOWN`
   */
  add(name: string, amount: bigint | number, options?: AddOptions): Promise<void>;
  /** @returns 0 for a counter that nobody has added to. */
  read(name: string, options?: CallOptions): Promise<bigint>;
  /**
   * Sets a counter to 0, or to another value, and hands over what it was: of every addition, either that
   * value holds it or the counter does, and never both.
   *
   * @returns the value that was replaced.
   * @throws {CounterChangedError} `COUNTER_CHANGED`: the value is not the expected one; nothing is changed.
   * @throws {CounterOptionError} `COUNTER_OPTION_INVALID`
   * @throws {OutcomeUnknownError} `OUTCOME_UNKNOWN`: with `expected`, reading tells what happened.
   */
  reset(name: string, options?: ResetOptions): Promise<bigint>;
  /** Closes what the counter has opened itself, and nothing that it was given. May be called again. */
  close(): Promise<void>;
}

/** A counter on a backend that adds and answers in one step, so that each caller sees a number of his own. */
export interface AtomicCounter extends Counter {
  /**
   * Adds, and tells the value right after it: of concurrent callers with positive amounts, no two get the
   * same. With a `once` that has counted before, the value of now, which others may get as well; so it is
   * when a reply was lost and the addition was sent again.
   *
   * @throws {CounterOverflowError} `COUNTER_OVERFLOW`
   * @throws {CounterOptionError} `COUNTER_OPTION_INVALID`
   * @throws {OutcomeUnknownError} `OUTCOME_UNKNOWN`
   */
  addAndGet(name: string, amount: bigint | number, options?: AddOptions): Promise<bigint>;
}
