/**
 * The limits that all processes keep together: the same figures as in one process, counted on Redis.
 *
 * Invariant: a service counts its calls and not its callers, so however many processes there are, they have
 * one budget.
 * @module
 */
import { parseDuration } from '@runafter/clock';
import { type RedisLimiter, redisLimiter } from '@runafter/redis';
import type { LimitOptions, Rate } from '@runafter/throttle';
import { type LimitedSystem, type Limits, limitsOf } from '../limits.ts';
import type { RedisPlace } from './redis-place.ts';

/** After how long the permits of a process come back that has died. */
const ttl = '10s';

export interface SharedLimits extends Limits, AsyncDisposable {}

/**
 * Connects to the limits of a batch. Nothing is sent before the first call.
 *
 * @param speed - how many times as fast as the real services the office counts its minutes. Redis cannot be
 *   told, so the limits are of as much shorter windows.
 */
export function sharedLimits({ url, prefix }: RedisPlace, speed: number): SharedLimits {
  const opened: RedisLimiter[] = [];
  const shared = (system: LimitedSystem): RedisLimiter => {
    const limits: LimitOptions & { readonly rate?: Rate } = limitsOf[system];
    const limiter = redisLimiter(url, {
      ...{ ...limits, name: system, prefix, ttl },
      ...(limits.rate && { rate: faster(limits.rate, speed) }),
    });
    opened.push(limiter);
    return limiter;
  };
  return {
    directory: shared('directory'),
    sites: shared('sites'),
    mail: shared('mail'),
    database: shared('database'),
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((limiter) => limiter.close()));
    },
  };
}

function faster(rate: Rate, speed: number): Rate {
  return { ...rate, per: Math.ceil(parseDuration(rate.per, 'per') / speed) };
}
