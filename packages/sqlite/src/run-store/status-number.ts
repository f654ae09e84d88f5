/**
 * Statuses as the small numbers that the file holds, and sets of them as bits. The numbers are part of
 * the file's format: they never change.
 * @module
 */
import type { Status } from '@runafter/core';

const numbers: Readonly<Record<Status | 'Running', number>> = {
  Running: 0,
  Succeeded: 1,
  Failed: 2,
  Skipped: 3,
  TimedOut: 4,
  Cancelled: 5,
};

const names = Object.keys(numbers) as (Status | 'Running')[];

const ended = names.filter((name) => name !== 'Running');

export function statusNumber(status: Status | 'Running'): number {
  return numbers[status];
}

/** The name of what has ended; undefined while it goes on. */
export function endedStatus(number: unknown): Status | undefined {
  const name = names[Number(number)];
  return name === 'Running' ? undefined : name;
}

/** One bit for each, to be asked for with `(1 << status) & bits`. Default: all that says that something has ended. */
export function statusBits(statuses: readonly (Status | 'Running')[] = ended): number {
  return statuses.reduce((bits, status) => bits | (1 << numbers[status]), 0);
}

/** The bits of every status, `Running` too. */
export const anyStatus: number = statusBits(names);
