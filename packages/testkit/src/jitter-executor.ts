/**
 * An executor that starts every handler late, by a random time: what is started together on a real
 * platform does not begin together, and a workflow must not care.
 *
 * Invariant: each task is run exactly once, also when it is told to stop while it is held back; then
 * it is run at once, and the engine takes note that its handler was never called.
 * @module
 */
import type { Clock, Duration, Random } from '@runafter/clock';
import { parseDuration } from '@runafter/clock';
import type { ActionTask, Executor } from '@runafter/core';

/** Options of {@link jitterExecutor}. */
export interface JitterOptions {
  /** Where the delays pass; give it the run's own clock. */
  readonly clock: Clock;
  /** The longest delay; the shortest is 0. Default '2s'. */
  readonly most?: Duration;
  /** Where the delays come from; `seededRandom(seed)` makes them repeatable. Default `Math.random`. */
  readonly random?: Random;
}

/**
 * Makes an executor that delays the start of every attempt by 0 to `most`, uniformly.
 *
 * @throws {DurationError} `DURATION_INVALID`: `most` is not a duration.
 * @example
 * const clock = virtualClock({ autoAdvance: true });
 * const executor = jitterExecutor({ clock, random: seededRandom('run 17') });
 * const { status } = await start(fulfilOrder, order, { clock, executor }).finished;
 */
export function jitterExecutor(options: JitterOptions): Executor {
  const { clock, random = Math.random } = options;
  const most = parseDuration(options.most ?? '2s', 'most');
  return {
    dispatch(task) {
      holdBack(task, clock, random() * most);
    },
  };
}

function holdBack(task: ActionTask, clock: Clock, ms: number): void {
  if (task.signal.aborted) {
    void task.run();
    return;
  }
  const begin = () => {
    cancelTimer();
    task.signal.removeEventListener('abort', begin);
    void task.run();
  };
  const cancelTimer = clock.setTimer(ms, begin);
  task.signal.addEventListener('abort', begin, { once: true });
}
