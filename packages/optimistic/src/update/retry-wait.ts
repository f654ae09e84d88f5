/**
 * How long an update waits before it tries again.
 * @module
 */
import { fullJitter, retryAfterOf } from '@runafter/clock';
import { readProperty } from '@runafter/errors';
import type { ParsedUpdateOptions } from './update-options.ts';

/**
 * What the service asked for, also where only the cause of the error says it; otherwise full jitter.
 *
 * @param retry - 1 is the one after the first try.
 * @returns milliseconds.
 */
export function waitBefore(
  retry: number,
  error: unknown,
  { clock, backoff, random }: ParsedUpdateOptions,
): number {
  return (
    retryAfterOf(error, clock) ??
    retryAfterOf(readProperty(error, 'cause'), clock) ??
    fullJitter(backoff, retry, random)
  );
}
