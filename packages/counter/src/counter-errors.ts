/**
 * What can be wrong with a counter, or with what is asked of it. Nothing was changed.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `COUNTER_OVERFLOW`: the result would not be a signed 64-bit number. */
export class CounterOverflowError extends RunafterError {
  /** The name of the set of counters, as errors call it. */
  readonly service: string;
  readonly counter: string;
  readonly value: bigint;
  /** What was to be added; undefined when only the sum of a counter's shards is out of range. */
  readonly amount: bigint | undefined;

  constructor(service: string, counter: string, value: bigint, amount?: bigint) {
    super(
      'COUNTER_OVERFLOW',
      amount === undefined
        ? `The shards of counter "${counter}" in ${service} sum up to ${value}, which is out of the range of ` +
            'signed 64-bit numbers. Reset it, or count in another unit.'
        : `Counter "${counter}" in ${service} is ${value}, and adding ${amount} leaves the range of signed ` +
            '64-bit numbers. Nothing was added. Reset it, or count in another unit.',
    );
    this.service = service;
    this.counter = counter;
    this.value = value;
    this.amount = amount;
  }
}

/** `COUNTER_CHANGED`: a counter was to be reset only while it had a certain value, and has another. */
export class CounterChangedError extends RunafterError {
  readonly service: string;
  readonly counter: string;
  readonly expected: bigint;
  readonly actual: bigint;

  constructor(service: string, counter: string, expected: bigint, actual: bigint) {
    super(
      'COUNTER_CHANGED',
      `Counter "${counter}" in ${service} is ${actual}, not ${expected}, so it was not reset. Deal with what ` +
        'was added since, and reset it from the value that it has now.',
    );
    this.service = service;
    this.counter = counter;
    this.expected = expected;
    this.actual = actual;
  }
}

/** `COUNTER_OPTION_INVALID`: not a name, an amount, an id or an option that a counter can use. */
export class CounterOptionError extends RunafterError {
  readonly service: string;
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(service: string, option: string, fix: string) {
    super('COUNTER_OPTION_INVALID', `${service}: ${option} ${fix}`);
    this.service = service;
    this.option = option;
  }
}

/** `COUNTER_RESET_UNSUPPORTED`: a sharded counter cannot be reset on a condition, or to anything but 0. */
export class CounterResetUnsupportedError extends RunafterError {
  readonly service: string;
  readonly counter: string;

  constructor(service: string, counter: string, option: string) {
    super(
      'COUNTER_RESET_UNSUPPORTED',
      `Counter "${counter}" in ${service} is spread over several documents, so reset() cannot take \`${option}\`. ` +
        'Reset it without: what it returns was taken exactly once.',
    );
    this.service = service;
    this.counter = counter;
  }
}

/**
 * `COUNTER_RESET_INCOMPLETE`: some shards of a counter could not be reset. What was taken from the others
 * is in `taken`, and nowhere else any more.
 */
export class CounterResetIncompleteError extends RunafterError {
  readonly service: string;
  readonly counter: string;
  /** The sum of what was taken from the shards that were reset. */
  readonly taken: bigint;

  constructor(
    service: string,
    counter: string,
    taken: bigint,
    options: { readonly cause: unknown },
  ) {
    super(
      'COUNTER_RESET_INCOMPLETE',
      `Counter "${counter}" in ${service} was reset in part: ${taken} was taken, and some shards did not answer. ` +
        'Keep `taken`, and reset again for the rest. What a shard held whose reply was lost ' +
        '(`OUTCOME_UNKNOWN` as the cause) may have been reset as well.',
      options,
    );
    this.service = service;
    this.counter = counter;
    this.taken = taken;
  }
}

/** `COUNTER_IDS_FULL`: a shard keeps so many operation ids that it takes no more. Nothing was added. */
export class CounterIdsFullError extends RunafterError {
  readonly service: string;
  readonly counter: string;
  /** How many ids the shard keeps. */
  readonly ids: number;

  constructor(service: string, counter: string, ids: number) {
    super(
      'COUNTER_IDS_FULL',
      `A shard of counter "${counter}" in ${service} keeps ${ids} operation ids, and takes no more until the ` +
        'oldest expire. Nothing was added. Use more shards, keep ids for a shorter time, or count on a ' +
        'backend that adds atomically.',
    );
    this.service = service;
    this.counter = counter;
    this.ids = ids;
  }
}
