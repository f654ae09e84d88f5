/**
 * Services for tests of single rules. Their latencies vary a little, always in the same way: calls of exactly one
 * length would march in step, which no service makes them do.
 */
import { seededRandom } from '@runafter/clock';
import type { Service } from './driven-controller.ts';

/** Takes everything, always as fast. */
export function steady(latency = 500): Service {
  const random = seededRandom(1);
  return () => ({ outcome: 'ok', latency: latency * (0.8 + 0.4 * random()) });
}

/** A bucket of tokens, and the whole seconds until there is one again. */
export function bucket(perSecond: number, burst: number, retryAfter?: number): Service {
  let tokens = burst;
  let filledAt = 0;
  return (now) => {
    tokens = Math.min(burst, tokens + ((now - filledAt) * perSecond) / 1_000);
    filledAt = now;
    // Sums of fractions: one that is short of a whole by nothing is a whole.
    if (tokens > 1 - 1e-6) {
      tokens -= 1;
      return { outcome: 'ok', latency: 500 };
    }
    const wait = Math.ceil((1 - tokens) / perSecond) * 1_000;
    return { outcome: 'throttled', latency: 50, retryAfter: retryAfter ?? wait };
  };
}

/** So many calls between two moments at which the count begins anew. */
export function fixedWindow(calls: number, per: number): Service {
  let window = 0;
  let taken = 0;
  return (now) => {
    const current = Math.floor(now / per);
    if (current !== window) taken = 0;
    window = current;
    taken++;
    if (taken <= calls) return { outcome: 'ok', latency: 100 };
    return { outcome: 'throttled', latency: 50, retryAfter: per - (now % per) };
  };
}

/** So many calls in any time of that length. */
export function slidingWindow(calls: number, per: number): Service {
  const taken: number[] = [];
  return (now) => {
    const wait = (taken.at(-calls) ?? -per) + per - now;
    if (wait > 0) {
      return { outcome: 'throttled', latency: 50, retryAfter: 1_000 * Math.ceil(wait / 1_000) };
    }
    taken.push(now);
    return { outcome: 'ok', latency: 500 };
  };
}

/** Each call beyond the knee makes the calls slower. */
export function knee(at: number, slope: number, latency = 500): Service {
  const calls = steady(latency);
  return (now, inService) => {
    const reply = calls(now, inService);
    return { ...reply, latency: reply.latency * (1 + slope * Math.max(0, inService - at)) };
  };
}
