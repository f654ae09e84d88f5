/**
 * Handlers of processes that can be killed.
 * @module
 */
import type { Duration } from '@runafter/clock';
import type { MortalProcess } from './mortal-process.ts';

/** What of a handler's context it needs. */
export interface SlowContext {
  readonly idempotencyKey: string;
  readonly signal?: AbortSignal;
}

/** Notes the call, takes a while, and gives back what it was given. */
export async function slowly<T>(
  process: MortalProcess,
  context: SlowContext,
  value: T,
  duration: Duration = '1s',
): Promise<T> {
  await process.note(context);
  await process.clock.sleep(duration, { signal: context.signal });
  return value;
}
