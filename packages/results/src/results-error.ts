/**
 * The errors of this package: two for a wrong call, one for data that cannot be put together.
 * @module
 */
import type { ActionError } from '@runafter/core';
import { RunafterError } from '@runafter/errors';
import { describeValue } from './describe-value.ts';
import type { RecordLike, UnsuccessfulStatus } from './record.ts';

const accepted =
  'Pass the records of a scope, the iterations of a loop, results of settled(x), or what Promise.allSettled gives.';

/** Something was passed that is no sequence of records, or has something in it that is no record. */
export class RecordsError extends RunafterError {
  /** Where the value stands in its sequence; undefined when the whole argument is wrong. */
  readonly index: number | undefined;

  private constructor(message: string, index?: number) {
    super('RECORDS_INVALID', message);
    this.index = index;
  }

  /** @internal */
  static notIterable(verb: string, value: unknown): RecordsError {
    return new RecordsError(
      `${verb}(…) got ${describeValue(value)} in place of an iterable of records. ${accepted}`,
    );
  }

  /** @internal */
  static notARecord(value: unknown, index: number, source?: string): RecordsError {
    const status = (value as { status?: unknown } | null | undefined)?.status;
    const found =
      typeof status === 'string'
        ? `has the status ${JSON.stringify(status)}, which is none of Succeeded, Failed, TimedOut, Cancelled, Skipped`
        : `is no record: it is ${describeValue(value)}`;
    return new RecordsError(`${place(index, source)} ${found}. ${accepted}`, index);
  }

  /** @internal */
  static withoutError(record: RecordLike, index: number, source?: string): RecordsError {
    return new RecordsError(
      `${place(index, source)} is ${record.status} but has no error with a code and a message. ` +
        'Give it error: { code, message }: whatever did not succeed says why.',
      index,
    );
  }
}

function place(index: number, source: string | undefined): string {
  return source === undefined ? `Record ${index}` : `Source "${source}"`;
}

/** A function of this package was called with an option that it cannot use. */
export class ResultsOptionError extends RunafterError {
  /** The option's name, such as `examples`. */
  readonly option: string;

  constructor(option: string, message: string) {
    super('RESULTS_OPTION_INVALID', message);
    this.option = option;
  }
}

/** A source that `consolidate` was told to require did not succeed. */
export class SourceMissingError extends RunafterError {
  readonly source: string;
  /** How the source ended. */
  readonly status: UnsuccessfulStatus;
  /** Why: the source's own code and message. */
  readonly error: ActionError;

  constructor(source: string, status: UnsuccessfulStatus, error: ActionError) {
    super(
      'SOURCE_MISSING',
      `The required source "${source}" ended ${status}: ${error.message} (${error.code}). ` +
        'Repair the source, or take it out of require and say what stands in for it.',
      { cause: error.cause },
    );
    this.source = source;
    this.status = status;
    this.error = error;
  }
}
