/**
 * What a backend does for an atomic counter: three operations, each one atomic step. Ranges, names, ids
 * and lost replies are dealt with once, in atomic-counter.ts.
 *
 * Every driver promises:
 *
 * - Each call is one atomic step. In the same step as the addition, `once.id` is looked up and kept.
 * - A counter that nobody has added to is 0, also when many add to it for the first time at once.
 * - Values are signed 64-bit integers and exact over the whole range.
 * - Errors are those of `@runafter/errors`: a ServiceUnavailableError says whether the request may have
 *   been carried out, and what the driver cannot tell apart is `unknown`.
 * - Ids that have expired are deleted in the course of later calls, a few at a time.
 *
 * The suite that every driver runs is conformance/describe-counter.ts.
 * @module
 */
import type { CallOptions } from '@runafter/optimistic';

/** An operation that counts once. */
export interface Once {
  /** 1 to 200 characters of well-formed Unicode, compared exactly. */
  readonly id: string;
  /** Milliseconds from the addition, by the backend's clock where it has one. */
  readonly keptFor: number;
}

/**
 * What became of an addition: `overflow` and `repeated` change nothing. `value` is that right after the
 * addition, or of now.
 */
export interface Addition {
  readonly state: 'added' | 'repeated' | 'overflow';
  readonly value: bigint;
}

/** What became of a reset: `value` is what was there before, or what is there instead of the expected one. */
export interface Reset {
  readonly state: 'reset' | 'changed';
  readonly value: bigint;
}

/** See the module's header for what every driver promises. */
export interface CounterDriver {
  /** What errors call it, such as `Redis counters "stock:"`. */
  readonly name: string;
  /** @param name - 1 to 200 characters of well-formed Unicode, compared exactly. */
  add(
    name: string,
    amount: bigint,
    once: Once | undefined,
    options: CallOptions,
  ): Promise<Addition>;
  /** @returns 0 for a counter that nobody has added to. */
  read(name: string, options: CallOptions): Promise<bigint>;
  /** @param expected - undefined: whatever is there. */
  reset(
    name: string,
    to: bigint,
    expected: bigint | undefined,
    options: CallOptions,
  ): Promise<Reset>;
  /** Closes what the driver has opened, and nothing that it was given. */
  close(): Promise<void>;
}
