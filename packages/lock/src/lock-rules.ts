/**
 * What names, times to live and holders look like, on every backend.
 * @module
 */
import { hash } from 'node:crypto';
import { type Duration, parseDuration } from '@runafter/clock';
import type { TtlBounds } from './lease-driver.ts';
import { LockNameError, LockOptionError } from './lock-errors.ts';

/** How long a name is at most that a driver gets. */
const longestName = 200;
/** How much of a longer name stays readable, before its hash. */
const keptOfName = 130;
const longestHolder = 150;
const halfOfPair = /\p{Surrogate}/u;

/** Whether it is at least one character of well-formed Unicode. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && !halfOfPair.test(name);
}

/** @throws {LockNameError} `LOCK_NAME_INVALID` */
export function assertLockName(service: string, name: string): void {
  if (!isName(name)) throw new LockNameError(service, name);
}

/**
 * The name that a driver gets: long ones as their beginning and their hash. What was hashed has exactly the
 * length that nothing else has, so no other name can be the same.
 */
export function toStoredName(name: string): string {
  if (name.length < longestName) return name;
  const beginning = name.slice(0, keptOfName).replace(halfOfPair, '');
  return `${beginning}~${hash('sha256', name)}`.padEnd(longestName, '~');
}

/**
 * A ttl in whole milliseconds.
 *
 * @throws {DurationError} `DURATION_INVALID`
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 */
export function toTtl(service: string, ttl: Duration, bounds: TtlBounds = anyTtl): number {
  const ms = parseDuration(ttl, 'ttl');
  const { shortest, longest, step } = bounds;
  if (ms >= shortest && ms <= longest && ms % step === 0) return ms;
  const steps = step === 1 ? 'in whole milliseconds' : `in steps of ${step} ms`;
  throw new LockOptionError(
    service,
    'ttl',
    `is ${ms} ms. This backend takes ${shortest} to ${longest} ms, ${steps}.`,
  );
}

/** Below, timers are too coarse to renew in time; above, nobody means it. */
const anyTtl: TtlBounds = { shortest: 10, longest: 365 * 86_400_000, step: 1 };

/** @throws {LockOptionError} `LOCK_OPTION_INVALID` */
export function assertHolder(service: string, holder: string): void {
  if (isName(holder) && holder.length <= longestHolder) return;
  const fix = `is ${JSON.stringify(holder)}. Pass 1 to ${longestHolder} characters of well-formed Unicode.`;
  throw new LockOptionError(service, 'holder', fix);
}
