/**
 * Kinds of services: how they count, how they slow down, and what they say when it is too much.
 *
 * Latencies are means in milliseconds, with a log-normal jitter of 25 %; a refusal takes 50 ms.
 * @module
 */
import type { Random } from '@runafter/clock';
import { FixedWindow, SlidingWindow, TokenBucket } from './quotas.ts';
import { jittered, type Reply, type ServiceModel } from './service.ts';

/** How long a refusal takes. */
const refusal = 50;

function refuse(retryAfter: number): Reply {
  return { throttled: true, latency: refusal, retryAfter };
}

/** Retry-After as a header says it: whole seconds, rounded up. */
function inSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000)) * 1_000;
}

function accept(mean: number, random: Random): Reply {
  return { throttled: false, latency: jittered(mean, random) };
}

/** A bucket that says when there is a token again. */
export function bucket(perMinute: number, burst: number, latency: number): ServiceModel['open'] {
  return (random) => {
    const tokens = new TokenBucket(perMinute, burst);
    return {
      call: (now) =>
        tokens.take(now) ? accept(latency, random) : refuse(inSeconds(tokens.wait(now))),
    };
  };
}

/** A fixed window, as of Dataverse. */
export function windowQuota(limit: number, length: number, latency: number): ServiceModel['open'] {
  return (random) => {
    const window = new FixedWindow(limit, length);
    return {
      call: (now) =>
        window.take(now) ? accept(latency, random) : refuse(inSeconds(window.wait(now))),
    };
  };
}

/** So many calls in any time of that length. */
export function slidingQuota(limit: number, length: number, latency: number): ServiceModel['open'] {
  return (random) => {
    const window = new SlidingWindow(limit, length);
    return {
      call: (now) =>
        window.take(now) ? accept(latency, random) : refuse(inSeconds(window.wait(now))),
    };
  };
}

/** So many calls at a time; the others wait in line, and nobody is refused. */
export function slots(count: number, latency: number): ServiceModel['open'] {
  return (random) => {
    const free: number[] = Array.from({ length: count }, () => 0);
    return {
      call(now) {
        const next = free.indexOf(Math.min(...free));
        const begins = Math.max(now, free[next] ?? 0);
        const ends = begins + jittered(latency, random);
        free[next] = ends;
        return { throttled: false, latency: ends - now };
      },
    };
  };
}

/** No limit, but beyond the knee each further call makes all of them slower. */
export function knee(at: number, slope: number, latency: number): ServiceModel['open'] {
  return (random) => ({
    call: (_, inService) => accept(latency * (1 + slope * Math.max(0, inService - at)), random),
  });
}

/** A bucket whose pace halves when half of the job's calls were taken. */
export function halvingBucket(
  perMinute: number,
  burst: number,
  latency: number,
): ServiceModel['open'] {
  return (random, calls) => {
    const tokens = new TokenBucket(perMinute, burst);
    let taken = 0;
    return {
      call(now) {
        if (!tokens.take(now)) return refuse(inSeconds(tokens.wait(now)));
        taken++;
        if (taken === Math.ceil(calls / 2)) tokens.setPerMinute(perMinute / 2, now);
        return accept(latency, random);
      },
    };
  };
}

/** A bucket with a long Retry-After, and every refusal costs a token as well. */
export function severeBucket(
  perMinute: number,
  burst: number,
  latency: number,
  retryAfter: number,
): ServiceModel['open'] {
  return (random) => {
    const tokens = new TokenBucket(perMinute, burst);
    return {
      call(now) {
        if (tokens.take(now)) return accept(latency, random);
        tokens.drain(1);
        return refuse(retryAfter * (0.5 + random()));
      },
    };
  };
}
