import { DurationError } from './duration.ts';

/** The delay of a timer: negative counts as 0; NaN and infinite delays are refused. */
export function timerDelay(delayMs: number): number {
  if (!Number.isFinite(delayMs)) {
    throw new DurationError('delayMs', delayMs, 'A timer needs a finite delay.');
  }
  return Math.max(0, delayMs);
}
