/**
 * Durations: one type for every option that says how long.
 *
 * Invariant: what parseDuration() lets through is a finite number of milliseconds from 0 to 2^53 - 1;
 * everything else is refused with a message that names the option and says what would be accepted.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** Milliseconds, seconds, minutes, hours, days (of exactly 24 hours). */
export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd';

type Part = `${number}${DurationUnit}`;

/**
 * How long: milliseconds as a number, one or two parts with a unit (`'250ms'`, `'1.5h'`, `'1h 30m'`),
 * or ISO-8601 (`'PT1H'`, `'P1DT12H'`, `'PT7.5S'`).
 *
 * For a text that is known only at run time, such as a setting, call {@link parseDuration}.
 */
export type Duration = number | Part | `${Part}${' ' | ''}${Part}` | `P${string}`;

/** `DURATION_INVALID`: a value that should be a duration is not one. */
export class DurationError extends RunafterError {
  /** The option that the value was given for. */
  readonly option: string;
  /** The value as it was given. */
  readonly value: unknown;

  /** @param reason - what is wrong with the value, as a sentence. */
  constructor(option: string, value: unknown, reason: string) {
    super(
      'DURATION_INVALID',
      `${option}: ${show(value)} is not a duration. ${reason} ` +
        "Accepted are milliseconds as a number, '250ms', '30s', '2m', '1.5h', '7d', '1h 30m', and ISO-8601 such as 'PT1H' or 'P1DT12H'.",
    );
    this.option = option;
    this.value = value;
  }
}

const unitMs: Readonly<Record<DurationUnit, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const number = String.raw`\d+(?:\.\d+)?`;
const partPattern = new RegExp(`(${number})(ms|s|m|h|d)`, 'g');
const partsPattern = new RegExp(`^${number}(?:ms|s|m|h|d)(?: ?${number}(?:ms|s|m|h|d))*$`);
const isoPattern = new RegExp(
  `^P(?=.)(?:(${number})W)?(?:(${number})D)?(?:T(?=.)(?:(${number})H)?(?:(${number})M)?(?:(${number})S)?)?$`,
);
const isoUnitMs = [7 * unitMs.d, unitMs.d, unitMs.h, unitMs.m, unitMs.s] as const;

/**
 * Turns a duration into milliseconds.
 *
 * @param value - a {@link Duration}, or a text that is only known at run time.
 * @param option - the name of the option, for the message. Default `'duration'`.
 * @returns milliseconds, 0 or more; fractions are kept to a millionth.
 * @throws {DurationError} `DURATION_INVALID`: negative, NaN, infinite, without a unit, months or
 *   years, longer than 2^53 - 1 milliseconds, or not a duration at all.
 * @example
 * parseDuration('1.5h');                   // 5400000
 * parseDuration(env.REQUEST_TIMEOUT ?? '', 'REQUEST_TIMEOUT');
 */
export function parseDuration(value: number | string, option = 'duration'): number {
  if (typeof value === 'number') return checkRange(value, value, option);
  if (typeof value !== 'string') {
    throw new DurationError(option, value, 'It is neither a number nor a string.');
  }
  const ms = value.startsWith('P') ? isoToMs(value) : partsToMs(value);
  if (ms === undefined) throw new DurationError(option, value, reasonForText(value));
  return checkRange(ms, value, option);
}

function partsToMs(text: string): number | undefined {
  if (!partsPattern.test(text)) return undefined;
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(partPattern)) {
    ms += Number(amount) * unitMs[unit as DurationUnit];
  }
  return roundToNanosecond(ms);
}

function isoToMs(text: string): number | undefined {
  const amounts = isoPattern.exec(text)?.slice(1);
  if (amounts === undefined) return undefined;
  return roundToNanosecond(
    isoUnitMs.reduce((ms, unit, index) => ms + Number(amounts[index] ?? 0) * unit, 0),
  );
}

/** '1.001s' is 1001 ms, although 1.001 * 1000 is a little less in binary. */
function roundToNanosecond(ms: number): number {
  return Number.isInteger(ms) ? ms : Math.round(ms * 1e6) / 1e6;
}

function checkRange(ms: number, value: unknown, option: string): number {
  // + 0 makes a 0 of -0.
  if (ms >= 0 && ms <= Number.MAX_SAFE_INTEGER) return ms + 0;
  throw new DurationError(option, value, reasonForRange(ms));
}

function reasonForRange(ms: number): string {
  if (Number.isNaN(ms)) return 'NaN usually comes from a calculation with undefined.';
  if (ms < 0) return 'It is negative.';
  return 'It is too long; leave the option out where there is to be no limit.';
}

function reasonForText(text: string): string {
  if (text.trim() === '') return 'It is empty.';
  if (text.startsWith('-')) return 'It is negative.';
  if (/^\d+(\.\d+)?$/.test(text)) return `It has no unit; write '${text}s' or '${text}ms'.`;
  if (/^P\d[^T]*[YM]/.test(text)) {
    return 'Years and months have no fixed length; write days.';
  }
  return 'It cannot be read.';
}

function show(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  }
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  return String(value);
}
