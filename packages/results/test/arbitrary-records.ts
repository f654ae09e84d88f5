/**
 * Random records and settled promises for property tests, and streams of them.
 * @module
 */
import type { ActionError, Status } from '@runafter/core';
import fc from 'fast-check';

export type TestRecord =
  | { readonly status: 'Succeeded'; readonly team: string; readonly outputs: number }
  | {
      readonly status: Exclude<Status, 'Succeeded'>;
      readonly team: string;
      readonly error: ActionError;
    };

const team = fc.constantFrom('North', 'South', 'East');
const error = fc.record({
  code: fc.constantFrom('HTTP_429', 'HTTP_500', 'ECONNRESET'),
  message: fc.string(),
});

/** Records of all five statuses, few teams and few codes, so that groups have several members. */
export const records: fc.Arbitrary<TestRecord[]> = fc.array(
  fc.oneof(
    fc.record({ status: fc.constant('Succeeded' as const), team, outputs: fc.integer() }),
    fc.record({
      status: fc.constantFrom(
        'Failed' as const,
        'TimedOut' as const,
        'Cancelled' as const,
        'Skipped' as const,
      ),
      team,
      error,
    }),
  ),
);

/** What Promise.allSettled gives, rejected with anything. */
export const settledResults: fc.Arbitrary<PromiseSettledResult<number>[]> = fc.array(
  fc.oneof(
    fc.record({ status: fc.constant('fulfilled' as const), value: fc.integer() }),
    fc.record({ status: fc.constant('rejected' as const), reason: fc.anything() }),
  ),
);

/** The same values as a stream; `read` says how many have been taken, `closed` whether it was ended. */
export class Stream<T> implements AsyncIterable<T> {
  readonly #values: readonly T[];
  read = 0;
  closed = false;

  constructor(values: readonly T[]) {
    this.#values = values;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (const value of this.#values) {
        this.read++;
        yield value;
      }
    } finally {
      this.closed = true;
    }
  }
}

export function succeeded<T>(outputs: T): { readonly status: 'Succeeded'; readonly outputs: T } {
  return { status: 'Succeeded', outputs };
}

export function failed(
  code: string,
  message = 'It did not work.',
): { readonly status: 'Failed'; readonly error: ActionError } {
  return { status: 'Failed', error: { code, message } };
}

export function skipped(): { readonly status: 'Skipped'; readonly error: ActionError } {
  return { status: 'Skipped', error: { code: 'CONDITION_NOT_MET', message: 'A was Succeeded.' } };
}
