/**
 * Kinds of services: how they count, how they slow down, and what they say when it is too much.
 *
 * Latencies are means in milliseconds, with a log-normal jitter of 25 %; a refusal takes 50 ms.
 * @module
 */
import type { Random } from '@runafter/clock';
import type { Rate } from '@runafter/throttle';
import { logNormal, type ServiceModelOptions, serviceModel } from '@runafter/throttle/model';
import type { Service, ServiceKind } from './service.ts';

/** How long a refusal takes. */
const refusalTime = 50;

const jitter = 0.25;

/** A service of this model, whose calls take so long when nobody else is there. */
function open(options: ServiceModelOptions, latency: number, random: Random): Service {
  const model = serviceModel({ refusalTime, ...options }, random);
  return {
    call(now, inService) {
      const refusal = model.refuse(now, inService);
      if (refusal !== undefined) return { throttled: true, ...refusal };
      const alone = logNormal(latency, jitter, random);
      return { throttled: false, latency: model.serve(now, inService, alone).latency };
    },
  };
}

function bucketRate(perMinute: number, burst: number): Rate {
  return { calls: perMinute, per: '1m', model: 'token-bucket', burst };
}

/** A bucket that says when there is a token again. */
export function bucket(perMinute: number, burst: number, latency: number): ServiceKind['open'] {
  return (random) => open({ rate: bucketRate(perMinute, burst) }, latency, random);
}

/** A fixed window, as of Dataverse. */
export function windowQuota(calls: number, per: number, latency: number): ServiceKind['open'] {
  return (random) => open({ rate: { calls, per, model: 'fixed-window' } }, latency, random);
}

/** So many calls in any time of that length. */
export function slidingQuota(calls: number, per: number, latency: number): ServiceKind['open'] {
  return (random) => open({ rate: { calls, per, model: 'sliding-window' } }, latency, random);
}

/** So many calls at a time; the others wait in line, and nobody is refused. */
export function slots(count: number, latency: number): ServiceKind['open'] {
  return (random) => open({ slots: count }, latency, random);
}

/** No limit, but beyond the knee each further call makes all of them slower. */
export function knee(at: number, slope: number, latency: number): ServiceKind['open'] {
  return (random) => open({ contention: { perCall: slope, free: at } }, latency, random);
}

/** A bucket that is another one, of half the pace, when half of the job's calls were taken. */
export function halvingBucket(
  perMinute: number,
  burst: number,
  latency: number,
): ServiceKind['open'] {
  return (random, calls) => {
    const before = open({ rate: bucketRate(perMinute, burst) }, latency, random);
    const after = open({ rate: bucketRate(Math.ceil(perMinute / 2), burst) }, latency, random);
    let taken = 0;
    return {
      call(now, inService) {
        const reply = (taken < calls / 2 ? before : after).call(now, inService);
        if (!reply.throttled) taken++;
        return reply;
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
): ServiceKind['open'] {
  const rate = bucketRate(perMinute, burst);
  const options = { rate, retryAfter: { mean: retryAfter, spread: 0.5 }, refusalCost: 1 };
  return (random) => open(options, latency, random);
}
