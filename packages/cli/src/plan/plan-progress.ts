/**
 * How far a prediction is, on stderr. Most take less than a second, and nothing is said of them.
 * @module
 */
import type { Session } from '../session.ts';
import type { PlanOptions } from './plan-runs.ts';

/** See the module's header. */
export interface PlanProgress {
  readonly onDegree: NonNullable<PlanOptions['onDegree']>;
  /** Takes away what stands there. */
  close(): void;
}

/** Milliseconds that people wait without wondering. */
const unremarkable = 1_000;

/** One line that is written again and again on a terminal, a line for each degree elsewhere. */
export function planProgress({ stderr, clock }: Pick<Session, 'stderr' | 'clock'>): PlanProgress {
  const since = clock.monotonic();
  let isShown = false;
  const erase = (): void => {
    if (isShown) stderr.write('\r\u001b[K');
    isShown = false;
  };
  return {
    onDegree: (degree, done, all) => {
      if (clock.monotonic() - since < unremarkable) return;
      erase();
      const line = `Simulating ${degree} at once (${done + 1} of ${all})`;
      stderr.write(stderr.style.dim(line) + (stderr.isTerminal ? '' : '\n'));
      isShown = stderr.isTerminal;
    },
    close: erase,
  };
}
