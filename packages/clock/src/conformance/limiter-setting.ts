/**
 * What a test of the suite of limiters works with: a place, and short ways to do what the tests do most.
 * @module
 */
import { expect, type TestContext } from 'vitest';
import type { Clock } from '../clock.ts';
import type { AcquireOptions, Limiter, Permit } from '../limiter.ts';
import { systemClock } from '../system-clock.ts';
import type {
  ClosableLimiter,
  FaultyLimiterConnection,
  LimiterCapabilities,
  LimiterConnectOptions,
  LimiterLook,
  LimiterPlace,
  LimiterProcess,
} from './limiter-harness.ts';

/** Filled anew before each test. */
export interface LimiterSetting {
  place: LimiterPlace;
  readonly capabilities: LimiterCapabilities;
  /** In milliseconds: the shortest one. */
  readonly ttl: number;
  /** Of rates, in milliseconds. */
  readonly per: number;
  /** Of the random tests. */
  readonly seed: number | undefined;
}

/** Skips a test or a group, with the note that the conformance report reads. */
export function needOfLimiter(
  setting: LimiterSetting,
  ...capabilities: readonly (keyof LimiterCapabilities)[]
): (context: Pick<TestContext, 'skip'>) => void {
  return ({ skip }) => {
    for (const name of capabilities) {
      skip(!setting.capabilities[name], `capability not claimed: ${name}`);
    }
  };
}

/** The clock that everything in the place goes by. */
export function limiterClock({ place }: LimiterSetting): Clock {
  return place.clock ?? systemClock;
}

/** So many connections to the limiter, two or more. */
export async function limiters(
  { place }: LimiterSetting,
  count: number,
  options: LimiterConnectOptions,
): Promise<[ClosableLimiter, ClosableLimiter, ...ClosableLimiter[]]> {
  const opened = Array.from({ length: count }, () => place.connect(options));
  return (await Promise.all(opened)) as [ClosableLimiter, ClosableLimiter, ...ClosableLimiter[]];
}

/** As many calls as `count`, on one connection after the other, all made before the first one has ended. */
export function eachOfLimiters<T>(
  limiters: readonly Limiter[],
  count: number,
  call: (limiter: Limiter, index: number) => Promise<T>,
): Promise<T>[] {
  return Array.from({ length: count }, (_, n) => call(limiters[n % limiters.length] as Limiter, n));
}

/** Somebody who waits. */
export interface LimiterWaiter {
  /** Handled already, so that a waiter may be left alone. */
  readonly granted: Promise<Permit>;
}

/** Calls `acquire`, without waiting for anything. */
export function beginWaiting(limiter: Limiter, options?: AcquireOptions): LimiterWaiter {
  const granted = limiter.acquire(options);
  granted.catch(() => {});
  return { granted };
}

/**
 * Calls `acquire`, and resolves when the caller stands in line behind all who did so before. At most once for each
 * connection at a time.
 */
export async function startWaiting(
  setting: LimiterSetting,
  limiter: Limiter,
  options?: AcquireOptions,
): Promise<LimiterWaiter> {
  const { waiting } = await setting.place.look();
  const waiter = beginWaiting(limiter, options);
  await untilLimiter(setting, { waiting: waiting + 1 });
  return waiter;
}

/** Resolves when the limiter looks like this; fails when it does not for long. */
export async function untilLimiter(
  setting: LimiterSetting,
  wanted: Partial<LimiterLook>,
): Promise<void> {
  const clock = limiterClock(setting);
  const since = clock.monotonic();
  const longest = Math.max(10_000, 5 * setting.ttl);
  for (;;) {
    const look = await setting.place.look();
    if (matches(look, wanted)) return;
    if (clock.monotonic() - since > longest) expect(look).toMatchObject(wanted);
    await clock.sleep(2);
  }
}

function matches(look: LimiterLook, { active, waiting }: Partial<LimiterLook>): boolean {
  return (
    (active === undefined || active === look.active) &&
    (waiting === undefined || waiting === look.waiting)
  );
}

/** Whether it has been let in, some time after it could have been. */
export async function isLetIn(
  setting: LimiterSetting,
  { granted }: LimiterWaiter,
): Promise<boolean> {
  const soon = limiterClock(setting).sleep(30);
  return await Promise.race([granted.then(() => true), soon.then(() => false)]);
}

/** Releases, and resolves when everybody can see it. */
export async function releaseAll(
  setting: LimiterSetting,
  permits: Iterable<Permit | undefined>,
): Promise<void> {
  for (const permit of permits) permit?.release();
  await untilLimiter(setting, { active: 0 });
}

export function faultyLimiter(
  { place }: LimiterSetting,
  options: LimiterConnectOptions,
): Promise<FaultyLimiterConnection> {
  if (place.connectFaulty === undefined) {
    throw new Error('A harness that claims `faults` needs `place.connectFaulty`.');
  }
  return place.connectFaulty(options);
}

export function startLimiterProcess(
  { place }: LimiterSetting,
  options: LimiterConnectOptions,
  weight = 1,
): Promise<LimiterProcess> {
  if (place.startProcess === undefined) {
    throw new Error('A harness that claims `processes` needs `place.startProcess`.');
  }
  return place.startProcess(options, weight);
}
