/**
 * What a limiter of one process costs beside the calls that it lets through, next to others: 200 calls made at
 * the same time, of which 20 run at once, without a rate and with one that is never used up; and what it costs to
 * let 100,000 wait.
 *
 * A sliding window remembers each call that is in it, which bottleneck's reservoir, a number, does not; so the
 * rate of the duels is of a fixed window, which is the same as a reservoir that is refilled.
 * @module
 */

import { liveHeap } from '../engine/live-heap.ts';
import type { Measure, Side, Work } from '../harness/work.ts';

/** Runs a call under a limiter. */
type Run = (call: () => Promise<number>) => Promise<number>;
type Open = () => Promise<Run>;

const count = 200;
const atOnce = 20;
const plenty = 1_000_000_000;
const minute = 60_000;

async function openBottleneck(
  options: import('bottleneck').default.ConstructorOptions,
): Promise<Run> {
  const { default: Bottleneck } = await import('bottleneck');
  const limiter = new Bottleneck(options);
  return (call) => limiter.schedule(call);
}

async function openOurs(options: import('@runafter/throttle').LimiterOptions): Promise<Run> {
  const { limiter } = await import('@runafter/throttle');
  const ours = limiter({ ...options, waiting: Number.POSITIVE_INFINITY });
  return async (call) => {
    using _permit = await ours.acquire();
    return await call();
  };
}

const concurrencyOnly: Open = () => openOurs({ concurrency: atOnce });
const withRate: Open = () =>
  openOurs({
    concurrency: atOnce,
    rate: { calls: plenty, per: minute, model: 'fixed-window' },
  });
const withSlidingWindow: Open = () =>
  openOurs({ concurrency: atOnce, rate: { calls: plenty, per: 1_000 } });

const peers = {
  bottleneck: () => openBottleneck({ maxConcurrent: atOnce }),
  bottleneckWithReservoir: () =>
    openBottleneck({
      maxConcurrent: atOnce,
      reservoir: plenty,
      reservoirRefreshAmount: plenty,
      reservoirRefreshInterval: minute,
    }),
  async pLimit(): Promise<Run> {
    const { default: pLimit } = await import('p-limit');
    return pLimit(atOnce);
  },
  async concurrencyLimiter(): Promise<Run> {
    const { concurrencyLimiter } = await import('@runafter/clock');
    const limiter = concurrencyLimiter(atOnce);
    return async (call) => {
      using _permit = await limiter.acquire();
      return await call();
    };
  },
} satisfies Record<string, Open>;

/** All calls are made at once, and each takes one turn. */
function calls(open: Open): Side {
  return {
    units: count,
    expected: count,
    async prepare() {
      const run = await open();
      const call = async () => 1;
      return async () => {
        const results = await Promise.all(Array.from({ length: count }, () => run(call)));
        return results.reduce((sum, result) => sum + result, 0);
      };
    },
  };
}

const crowd = 100_000;

/**
 * Bytes for each of those who wait behind calls that do not end, with their promises. The process of the probe
 * ends with all of them waiting.
 */
function memoryOfWaiting(open: Open): Measure {
  return async () => {
    const run = await open();
    const never = new Promise<number>(() => {});
    const running = Array.from({ length: atOnce }, () => run(() => never));
    const before = liveHeap();
    const waiting = Array.from({ length: crowd }, () => run(async () => 1));
    // Until all of them really wait.
    await new Promise((resolve) => setImmediate(resolve));
    const bytes = (liveHeap() - before) / crowd;
    // Looked at once more, so that nothing was collected before its time.
    if (running.length + waiting.length !== atOnce + crowd) throw new Error('Some are missing.');
    return bytes;
  };
}

/** What they cost is little beside any call over a network: no more than bottleneck is the target. */
export const limiterWorks: readonly Work[] = [
  {
    kind: 'duel',
    name: '200 calls, 20 at once',
    unit: 'µs/call',
    ours: calls(concurrencyOnly),
    peers: {
      bottleneck: { ...calls(peers.bottleneck), target: 1 },
      'p-limit': calls(peers.pLimit),
      concurrencyLimiter: calls(peers.concurrencyLimiter),
    },
  },
  {
    kind: 'duel',
    name: '200 calls, 20 at once, and a rate that is never used up',
    unit: 'µs/call',
    ours: calls(withRate),
    peers: {
      'bottleneck, reservoir': { ...calls(peers.bottleneckWithReservoir), target: 1 },
      'ours, sliding window': calls(withSlidingWindow),
    },
  },
  {
    kind: 'probe',
    name: 'memory of 100,000 who wait',
    unit: 'bytes/waiter',
    ours: memoryOfWaiting(concurrencyOnly),
    // bottleneck takes in about 400 calls a second, each by a timer of its own: its 100,000 would wait for minutes to wait.
    peers: { 'p-limit': { measure: memoryOfWaiting(peers.pLimit) } },
  },
];
