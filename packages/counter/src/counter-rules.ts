/**
 * What a counter's name, an amount and an operation id look like, on every backend.
 * @module
 */
import { CounterOptionError } from './counter-errors.ts';

/** The range of values: signed 64-bit. */
export const least: bigint = -(2n ** 63n);
export const greatest: bigint = 2n ** 63n - 1n;

const maxLength = 200;
const halfOfPair = /\p{Surrogate}/u;

export function isInRange(value: bigint): boolean {
  return value >= least && value <= greatest;
}

/**
 * @param option - `name`, or `once` for an operation id.
 * @throws {CounterOptionError} `COUNTER_OPTION_INVALID`
 */
export function assertName(service: string, option: 'name' | 'once', name: string): void {
  const isName =
    typeof name === 'string' && name !== '' && name.length <= maxLength && !halfOfPair.test(name);
  if (isName) return;
  const shown = typeof name === 'string' ? JSON.stringify(name.slice(0, 100)) : String(name);
  const fix = `is ${shown}. Pass 1 to ${maxLength} characters of well-formed Unicode.`;
  throw new CounterOptionError(service, option, fix);
}

/**
 * A whole number as bigint.
 *
 * @param option - which one it is, for the error.
 * @throws {CounterOptionError} `COUNTER_OPTION_INVALID`
 */
export function toWhole(service: string, option: string, value: bigint | number): bigint {
  if (typeof value === 'bigint' && isInRange(value)) return value;
  if (Number.isSafeInteger(value)) return BigInt(value);
  const fix =
    `is ${String(value)}. Pass a whole number: a bigint of 64 bits with its sign, or a number up to ` +
    '2^53 - 1, beyond which numbers are not exact.';
  throw new CounterOptionError(service, option, fix);
}
