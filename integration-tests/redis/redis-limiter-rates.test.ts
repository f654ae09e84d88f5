/** What a limiter on Redis lets start, at random times and weights, next to a plain count of all that has started. */
import { seededRandom, virtualClock } from '@runafter/clock';
import { type RedisLimiterOptions, redisLimiter } from '@runafter/redis';
import type { Rate } from '@runafter/throttle';
import { expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';
import { TimedRedis } from './timed-redis.ts';

/** In microseconds. */
const hour = 3_600_000_000;

interface Start {
  readonly at: number;
  readonly weight: number;
}

/** Whether one more may start, after all that have. */
type Fits = (starts: readonly Start[], next: Start) => boolean;

function slidingWindow(calls: number, per: number): Fits {
  return (starts, { at, weight }) => {
    const recent = starts.filter((start) => start.at > at - per);
    return recent.reduce((sum, start) => sum + start.weight, weight) <= calls;
  };
}

function fixedWindow(calls: number): Fits {
  return (starts, next) => {
    let [end, used] = [0, 0];
    for (const { at, weight } of [...starts, next]) {
      if (at >= end) [end, used] = [at + hour, 0];
      used += weight;
    }
    return used <= calls;
  };
}

function tokenBucket(calls: number, burst: number): Fits {
  return (starts, next) => {
    let [tokens, then] = [burst, next.at];
    for (const { at, weight } of [...starts, next]) {
      tokens = Math.min(burst, tokens + Math.max(0, ((at - then) * calls) / hour)) - weight;
      then = at;
    }
    return tokens > -1e-6;
  };
}

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);
  const random = seededRandom('rates');
  const upTo = (most: number) => Math.floor(random() * (most + 1));

  function open(rate: Omit<Rate, 'per'>, options: Partial<RedisLimiterOptions> = {}) {
    const timed = new TimedRedis(url);
    const prefix = server.freshPrefix();
    const limiter = redisLimiter(timed.client, {
      ...{ name: 'crm', prefix, rate: { ...rate, per: '1h' }, ttl: '10d' },
      ...(random() < 0.5 && { concurrency: 1_000_000 }),
      ...options,
    });
    onTestFinished(async () => {
      timed.holds = false;
      while (timed.held > 0) await timed.letGo(0);
      await limiter.close();
      timed.client.disconnect();
    });
    return { timed, limiter, prefix };
  }

  /** Some calls at once, some as far apart as the rate has it, and now and then a long pause. */
  function pass(timed: TimedRedis, calls: number): void {
    const kind = random();
    if (kind < 0.5) timed.now += upTo(Math.floor(hour / calls));
    else if (kind < 0.55) timed.now += upTo(hour);
  }

  it.each([
    ['of a sliding window', { model: 'sliding-window', calls: 5 }, slidingWindow(5, hour)],
    ['of a fixed window', { model: 'fixed-window', calls: 5 }, fixedWindow(5)],
    ['of a token bucket', { model: 'token-bucket', calls: 7, burst: 4 }, tokenBucket(7, 4)],
    ['of one with few drips', { model: 'token-bucket', calls: 2, burst: 5 }, tokenBucket(2, 5)],
  ] as const)('lets start exactly the calls %s', async (_, rate, fits) => {
    const { timed, limiter } = open(rate);
    const starts: Start[] = [];
    for (let n = 0; n < 300; n++) {
      pass(timed, rate.calls);
      const next = { at: timed.now, weight: 1 + (random() < 0.3 ? upTo(3) : 0) };
      const permit = await limiter.tryAcquire(next);
      expect(permit !== undefined, `call ${n}`).toBe(fits(starts, next));
      if (permit !== undefined) starts.push(next);
    }
  });

  it('lets a call of a large window start at most 1 % of the window too late', async () => {
    const { timed, limiter } = open({ calls: 150 });
    const [atOnce, inTime] = [slidingWindow(150, hour), slidingWindow(150, hour * 1.01)];
    const starts: Start[] = [];
    for (let n = 0; n < 700; n++) {
      pass(timed, 150);
      const next = { at: timed.now, weight: 1 + (random() < 0.3 ? upTo(20) : 0) };
      if ((await limiter.tryAcquire(next)) !== undefined) {
        expect(atOnce(starts, next), `call ${n}`).toBe(true);
        starts.push(next);
      } else {
        expect(inTime(starts, next), `call ${n}`).toBe(false);
      }
    }
  });

  it.each([
    ['sliding window', { model: 'sliding-window', calls: 5 }, slidingWindow(5, hour)],
    ['large sliding window', { calls: 120 }, slidingWindow(120, hour)],
    ['token bucket', { model: 'token-bucket', calls: 7, burst: 4 }, tokenBucket(7, 4)],
  ] as const)('lets no more start of a %s where calls are taken back', async (_, rate, fits) => {
    const { timed, limiter } = open(rate);
    const starts: Start[] = [];
    let takenBack = 0;
    for (let n = 0; n < 400; n++) {
      pass(timed, rate.calls);
      if (timed.held > 0 && random() < 0.1) await timed.letGo(upTo(timed.held - 1));
      const next = { at: timed.now, weight: 1 + (random() < 0.3 ? upTo(3) : 0) };
      const stop = new AbortController();
      const leaves = random() < 0.25;
      timed.onReply = (reply) => {
        if (!leaves || reply !== '1') return;
        timed.holds = true;
        stop.abort('enough');
      };
      const held = timed.held;
      const asking = limiter.tryAcquire({ weight: next.weight, signal: stop.signal });
      const permit = await asking.catch(() => 'left' as const);
      if (permit === 'left') {
        await timed.untilHeld(held + 1);
        takenBack++;
      } else if (permit !== undefined) {
        expect(fits(starts, next), `call ${n}`).toBe(true);
        starts.push(next);
      }
      timed.onReply = () => {};
      timed.holds = false;
    }
    expect(takenBack).toBeGreaterThan(10);
    expect(starts.length).toBeGreaterThan(50);
  });

  it('a count that was lost goes on without the calls that are taken back', async () => {
    const { timed, limiter, prefix } = open({ calls: 5 });
    const stop = new AbortController();
    timed.onReply = () => {
      timed.holds = true;
      stop.abort('enough');
    };
    const leaving = limiter.tryAcquire({ weight: 3, signal: stop.signal });
    await expect(leaving).rejects.toBe('enough');
    await timed.untilHeld(1);
    timed.holds = false;
    timed.onReply = () => {};
    expect(await server.client.del(`${prefix}limiter:{crm}:window:3600000`)).toBe(1);
    await limiter.tryAcquire();
    await timed.letGo(0);
    expect(await limiter.tryAcquire({ weight: 4 })).toBeDefined();
  });

  it.each([
    { model: 'sliding-window', calls: 5 },
    { model: 'sliding-window', calls: 150 },
    { model: 'fixed-window', calls: 5 },
    { model: 'token-bucket', calls: 5 },
  ] as const)(
    'holds calls up for as long as the clock was set back, and goes on then, with %j',
    async (rate) => {
      const { timed, limiter } = open(rate);
      const { calls } = rate;
      expect(await limiter.tryAcquire({ weight: calls })).toBeDefined();
      timed.now -= hour / 2;
      for (const fraction of [0, 0.5, 0.999]) {
        timed.now += fraction === 0 ? 0 : hour / 2 - 1_000;
        expect(await limiter.tryAcquire({ weight: calls }), `${fraction}`).toBeUndefined();
      }
      timed.now += hour / 2 + 2_000;
      expect(await limiter.tryAcquire({ weight: calls })).toBeDefined();
      expect(await limiter.tryAcquire()).toBeUndefined();
    },
  );

  it('a process that stood still for longer than the ttl makes no call that was counted before', async () => {
    const clock = virtualClock();
    const options = { clock, ttl: '30s', concurrency: undefined } as const;
    const { timed, limiter } = open({ calls: 5 }, options);
    timed.onReply = () => clock.suspend('31s');
    await expect(limiter.tryAcquire()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
    timed.onReply = () => {};
    expect(await limiter.tryAcquire()).toBeDefined();
  });
});
