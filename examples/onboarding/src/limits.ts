/**
 * How fast each system may be called, and how much of it is under way at once, by all hires together.
 *
 * Invariant: what a service documents is kept to before it has to say 429. Others may use it as well, so a 429 is
 * still possible; then the step's retry obeys it.
 * @module
 */
import { type Limiter, systemClock } from '@runafter/clock';
import { fasterClock } from '@runafter/example-office';
import { limiter } from '@runafter/throttle';

export type Limits = Readonly<Record<'directory' | 'sites' | 'mail' | 'database', Limiter>>;

/**
 * Makes the limits of one process.
 *
 * @param speed - how many times as fast as the real services the office runs: their minutes pass as fast.
 */
export function limitsAt(speed: number): Limits {
  const clock = fasterClock(systemClock, speed);
  return {
    // 3,000 writes in 150 seconds: https://learn.microsoft.com/graph/throttling-limits
    directory: limiter({ rate: { calls: 3_000, per: '150s' }, concurrency: 15, clock }),
    sites: limiter({ rate: { calls: 600, per: '1m' }, concurrency: 20, clock }),
    mail: limiter({ rate: { calls: 30, per: '1m' }, concurrency: 15, clock }),
    database: limiter({ concurrency: 10, clock }),
  };
}
