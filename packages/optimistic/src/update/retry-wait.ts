/**
 * How updates wait before they are tried again.
 * @module
 */
import { fullJitter, retryAfterOf } from '@runafter/clock';
import { allSettled, type PendingUpdate } from './pending-update.ts';
import type { ParsedUpdateOptions } from './update-options.ts';

/** Waits before updates are tried again together, or until none of them is there any more. Never rejects. */
export async function waitTogether<T>(
  updates: readonly PendingUpdate<T>[],
  retry: number,
  error: unknown,
): Promise<void> {
  const [first] = updates;
  if (first === undefined) return;
  const wait = waitBefore(retry, error, first.options);
  await first.options.clock.sleep(wait, { signal: allSettled(updates) }).catch(() => {});
}

/**
 * What the service asked for, also where only the cause of the error says it; otherwise full jitter.
 *
 * @param retry - 1 is the one after the first try.
 * @returns milliseconds.
 */
function waitBefore(
  retry: number,
  error: unknown,
  { clock, backoff, random }: ParsedUpdateOptions,
): number {
  return retryAfterOf(error, clock) ?? fullJitter(backoff, retry, random);
}
