/**
 * Giving back what an owner has, against a service that may not answer.
 * @module
 */
import {
  type Attempt,
  type Clock,
  exponential,
  isTransient,
  type Random,
  retry,
  untilAborted,
} from '@runafter/clock';
import type { LeaseDriver, LeaseRequest } from './lease-driver.ts';

/** Nobody who releases waits longer, in milliseconds; what is left then ends with its ttl. */
const longestTry = 5_000;

const untilGivenUp = exponential({
  count: Number.POSITIVE_INFINITY,
  interval: '50ms',
  maximum: '1s',
  totalTime: longestTry,
  when: isTransient,
});

/** What giving back is done with. */
export interface GivingBack {
  readonly driver: LeaseDriver;
  readonly clock: Clock;
  readonly random: Random | undefined;
}

/**
 * Resolves when the driver has taken it back, or when the service has not answered for some seconds.
 *
 * @throws {ServiceRefusedError} `SERVICE_REFUSED`
 */
export async function giveBack(
  { driver, clock, random }: GivingBack,
  request: LeaseRequest,
): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  // The first one is sent at once; what is arranged meanwhile costs no time.
  const sent = driver.release(request, { signal });
  const attempt = ({ number }: Attempt) =>
    number === 1 ? sent : driver.release(request, { signal });
  const cancelTimer = clock.setTimer(longestTry, () => stop.abort());
  try {
    await untilAborted(signal, retry(attempt, untilGivenUp, { clock, random, signal }));
  } catch (error) {
    if (!signal.aborted && !isTransient(error)) throw error;
  } finally {
    cancelTimer();
  }
}
