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
  const send = () => driver.release(request, { signal });
  const sendAgain = (failure: unknown) => {
    const attempt = ({ number }: Attempt) => (number === 1 ? Promise.reject(failure) : send());
    return retry(attempt, untilGivenUp, { clock, random, signal });
  };
  // Sent first: what is arranged while it is on its way costs no time.
  const released = send().catch(sendAgain);
  await new Promise<void>((resolve, reject) => {
    const cancelTimer = clock.setTimer(longestTry, () => {
      stop.abort();
      resolve();
    });
    const fail = (error: unknown) => {
      cancelTimer();
      if (isTransient(error)) resolve();
      else reject(error);
    };
    const succeed = () => {
      cancelTimer();
      resolve();
    };
    released.then(succeed, fail);
  });
}
