/**
 * Limiters and gates by what can be sent to a process as JSON.
 * @module
 */
import type { Permit } from '@runafter/clock';
import type { GateConnectOptions, LimiterConnectOptions } from '@runafter/clock/conformance';
import { redisLimiter, redisRunGate } from '@runafter/redis';

/** Which limiter or gate, and where. */
export interface PermitPlace {
  readonly url: string;
  readonly prefix: string;
  /** Default `a`. */
  readonly name?: string;
  readonly limiter?: LimiterConnectOptions;
  readonly gate?: GateConnectOptions;
}

/** What a process takes and keeps. */
export interface PermitTask {
  readonly place: PermitPlace;
  readonly weight: number;
  /** How many, one after the other. Default 1. */
  readonly count?: number;
}

/** One of both, as a process uses it. */
export interface Permits {
  take(weight: number): Promise<Permit>;
  close(): Promise<void>;
}

export function openPermits({ url, prefix, name = 'a', limiter, gate }: PermitPlace): Permits {
  const shared = { name, prefix };
  if (gate !== undefined) {
    const opened = redisRunGate(url, { ...shared, ...gate });
    return { take: () => opened.enter(), close: () => opened.close() };
  }
  const opened = redisLimiter(url, { ...shared, ...limiter });
  return { take: (weight) => opened.acquire({ weight }), close: () => opened.close() };
}
