/**
 * How the texts of options are read: a value, or a refusal that says what would be right.
 * @module
 */
import { type Duration, parseDuration } from '@runafter/clock';
import { type Status, statuses } from '@runafter/core';
import { didYouMean, toFault } from '@runafter/errors';
import { UsageError } from './cli-errors.ts';

/**
 * A whole number of at least 1.
 *
 * @throws {UsageError} `CLI_USAGE`
 */
export function parseCount(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count) && count >= 1) return count;
  throw new UsageError(
    `${quoted(text)} is no number that it takes: pass a whole one of at least 1.`,
  );
}

/**
 * Milliseconds of a duration such as `30s` or `1h 30m`. A number alone is refused: whoever writes 30 means
 * seconds, or minutes, and hardly ever milliseconds.
 *
 * @throws {UsageError} `CLI_USAGE`
 */
export function parseDurationOption(text: string): number {
  try {
    return parseDuration(text as Duration, 'duration');
  } catch (error) {
    throw new UsageError(toFault(error).message, { cause: error });
  }
}

const known: readonly (Status | 'Running')[] = ['Running', ...statuses];

/**
 * Statuses, in any case and with commas between them.
 *
 * @throws {UsageError} `CLI_USAGE`
 */
export function parseStatuses(text: string): readonly (Status | 'Running')[] {
  return text.split(',').map((part) => {
    const word = part.trim();
    const status = known.find((each) => each.toLowerCase() === word.toLowerCase());
    if (status !== undefined) return status;
    throw new UsageError(
      `${quoted(word)} is no status.${didYouMean(word, known)} There are ${known.join(', ')}.`,
    );
  });
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
