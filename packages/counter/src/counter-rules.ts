/**
 * What a counter's name, an amount and an operation id look like, on every backend.
 * @module
 */
import { hash } from 'node:crypto';
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
 * @param option - `name`, or `once` for an operation id, which may be of any length.
 * @throws {CounterOptionError} `COUNTER_OPTION_INVALID`
 */
export function assertName(service: string, option: 'name' | 'once', name: string): void {
  const isText = typeof name === 'string' && name !== '' && !halfOfPair.test(name);
  if (isText && (option === 'once' || name.length <= maxLength)) return;
  const shown = typeof name === 'string' ? JSON.stringify(name.slice(0, 100)) : String(name);
  const length = option === 'once' ? 'at least one character' : `1 to ${maxLength} characters`;
  throw new CounterOptionError(
    service,
    option,
    `is ${shown}. Pass ${length} of well-formed Unicode.`,
  );
}

/** The id that a driver keeps: those that are too long for it as their hash, which no two share. */
export function toKeptId(id: string): string {
  return id.length <= maxLength ? id : `sha256:${hash('sha256', id)}`;
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
