/**
 * The Clock of the machine.
 *
 * Invariant: a callback never runs early. Node's timers may fire a fraction of a millisecond before
 * monotonic() says so, and take 24.8 days at most; both are healed by looking again when they fire.
 * @module
 */
import type { Clock, TimerOptions } from './clock.ts';
import { sleepOn } from './sleep.ts';
import { timerDelay } from './timer-delay.ts';

/** The longest delay of setTimeout; a longer one would fire at once. */
const longestTimeout = 2 ** 31 - 1;

function setTimer(delayMs: number, callback: () => void, options?: TimerOptions): () => void {
  const dueAt = performance.now() + timerDelay(delayMs);
  let timeout = wait();
  function wait(): NodeJS.Timeout {
    const waiting = setTimeout(check, timeoutUntil(dueAt));
    return options?.ref === false ? waiting.unref() : waiting;
  }
  function check(): void {
    if (performance.now() >= dueAt) callback();
    else timeout = wait();
  }
  return () => clearTimeout(timeout);
}

/** Never negative, which Node would warn of: a busy process may look at the clock when it is late already. */
function timeoutUntil(dueAt: number): number {
  const left = Math.ceil(dueAt - performance.now());
  return Math.min(Math.max(left, 0), longestTimeout);
}

/** Date.now, performance.now and setTimeout behind the {@link Clock} port. It holds no state. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer,
  sleep: (duration, options) => sleepOn({ setTimer }, duration, options),
} satisfies Clock);
