/** What only a limiter on Redis has: processes that share a budget, a server that forgets, and what is kept on it. */
import { systemClock, virtualClock } from '@runafter/clock';
import { type RedisLimiterOptions, redisLimiter } from '@runafter/redis';
import { Redis } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, startLocalProcess } from '../services/local-process.ts';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { PermitProcess } from './permit-process.ts';
import { useRedis } from './redis-place.ts';

/** Long enough for no call to count less during a test. */
const hourly = (calls: number) => ({ rate: { calls, per: '1h' } }) as const;

/** A busy machine may take its time. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);

  /** Limiters that share a budget of their own, and what the server has of it. */
  function budget(ownOptions: Omit<RedisLimiterOptions, 'name' | 'prefix'>) {
    const prefix = server.freshPrefix();
    const base = `${prefix}limiter:{crm}`;
    const open = (options: Partial<RedisLimiterOptions> = {}, client: Redis | string = url) => {
      const limiter = redisLimiter(client, { name: 'crm', prefix, ...ownOptions, ...options });
      onTestFinished(() => limiter.close());
      return limiter;
    };
    const keys = async () =>
      (await server.client.keys(`${prefix}*`)).map((key) => key.slice(base.length)).sort();
    return { prefix, base, open, keys };
  }

  async function throughProxy() {
    const proxy = await server.proxy();
    return { proxy, url: proxy.url };
  }

  /** A client, and what the server has answered to its scripts. */
  function watchedClient() {
    const client = new Redis(url);
    onTestFinished(() => client.disconnect());
    const replies: unknown[] = [];
    const evalsha = client.evalsha.bind(client);
    client.evalsha = (async (...args: Parameters<typeof evalsha>) => {
      const reply = await evalsha(...args);
      replies.push(reply);
      return reply;
    }) as typeof client.evalsha;
    return { client, replies };
  }

  /** When each permit that is held was granted, by the server's clock in milliseconds. */
  async function startsOf(base: string): Promise<number[]> {
    const starts = await server.client.hvals(`${base}:starts`);
    return starts.map((micros) => Number(micros) / 1_000).sort((a, b) => a - b);
  }

  function expectNoWindowOver(calls: number, per: number, starts: readonly number[]): void {
    expect(starts.length).toBeGreaterThan(calls);
    for (let n = calls; n < starts.length; n++) {
      const apart = (starts[n] ?? 0) - (starts[n - calls] ?? 0);
      expect(apart, `between call ${n - calls} and ${n}`).toBeGreaterThanOrEqual(per);
    }
  }

  describe('several processes', () => {
    it('never exceed the window that they share', async () => {
      const calls = 20;
      const per = 100;
      const limits = {
        concurrency: 10_000,
        rate: { calls, per, model: 'sliding-window' },
      } as const;
      const { prefix, base } = budget(limits);
      const place = { url, prefix, name: 'crm', limiter: limits };
      const processes = await Promise.all(
        Array.from({ length: 4 }, () => PermitProcess.start({ place, weight: 1, count: 25 })),
      );
      onTestFinished(async () => void (await Promise.all(processes.map((each) => each.kill()))));
      await Promise.all(processes.map(({ granted }) => granted));
      const starts = await startsOf(base);
      expect(starts).toHaveLength(100);
      expectNoWindowOver(calls, per, starts);
    }, 30_000);

    it('never exceed a window whose calls are counted in steps, however often they try', async () => {
      const calls = 150;
      const per = 400;
      const { open, base } = budget({ concurrency: 10_000, rate: { calls, per } });
      let granted = 0;
      const takeMany = async () => {
        const limiter = open();
        while (granted < 320) if (await limiter.tryAcquire()) granted++;
      };
      await Promise.all([takeMany(), takeMany(), takeMany()]);
      expectNoWindowOver(calls, per, await startsOf(base));
      expect(await server.client.llen(`${base}:window:${per}`)).toBeLessThanOrEqual(102);
    }, 30_000);

    it('that say other figures are each held to their own, over the calls of all', async () => {
      const { open } = budget({});
      const few = open(hourly(2));
      const many = open(hourly(4));
      for (const limiter of [many, few]) expect(await limiter.tryAcquire()).toBeDefined();
      expect(await few.tryAcquire()).toBeUndefined();
      for (let n = 0; n < 2; n++) expect(await many.tryAcquire()).toBeDefined();
      expect(await many.tryAcquire()).toBeUndefined();
    });

    it('are told when so much has room as they want', async () => {
      const { open, base } = budget(hourly(3));
      const { client, replies } = watchedClient();
      const [seconds] = await server.client.time();
      const minutesAgo = (minutes: number) => (Number(seconds) - minutes * 60) * 1_000_000;
      const step = (minutes: number, total: number) =>
        `${minutesAgo(minutes)} ${minutesAgo(minutes)} ${total}`;
      const steps = [step(70, 8), step(50, 9), step(20, 11)];
      await server.client.rpush(`${base}:window:3600000`, ...steps);
      const limiter = open({}, client);
      const untilRoomFor = async (weight: number) => {
        await limiter.tryAcquire({ weight });
        return Math.round(Number((replies.at(-1) as [string, number])[1]) / 60_000);
      };
      expect([await untilRoomFor(1), await untilRoomFor(2), await untilRoomFor(3)]).toEqual([
        10, 40, 40,
      ]);
    });

    it('that wait for a rate ask about once a second each, not more', async () => {
      const clock = virtualClock();
      const { open, base } = budget({ ...hourly(1), clock });
      const { client, replies } = watchedClient();
      await open().acquire();
      const stop = new AbortController();
      const { signal } = stop;
      const waiting = Array.from({ length: 10 }, () => open({}, client).acquire({ signal }));
      const ends = Promise.allSettled(waiting);
      await eventually(() => server.client.zcard(`${base}:line`)).toBe(10);
      await eventually(() =>
        server.client.pubsub('CHANNELS', `${base.split('limiter')[0]}*`),
      ).toHaveLength(10);
      replies.length = 0;
      for (let second = 0; second < 20; second++) {
        await clock.advance('1s');
        await client.ping();
      }
      expect(replies.length).toBeLessThan(10 * 20 * 2);
      stop.abort();
      await ends;
    });
  });

  describe('without a poll', () => {
    /** Nobody who goes by it ever polls: its time stands still. */
    const clock = virtualClock();

    const areInLine = async (base: string, count: number) => {
      await eventually(() => server.client.zcard(`${base}:line`)).toBe(count);
      const channels = () => server.client.pubsub('CHANNELS', `${base.split('limiter:')[0]}*`);
      await eventually(channels).toHaveLength(count);
    };

    it('the next one is told when who was told has left without an answer', async () => {
      const { open, base } = budget({ concurrency: 1, clock });
      const { proxy, url: faulty } = await throughProxy();
      const permit = await open().acquire();
      const stop = new AbortController();
      const deaf = open({}, faulty).acquire({ signal: stop.signal });
      await areInLine(base, 1);
      const next = open().acquire();
      await areInLine(base, 2);
      proxy.blackHole('toClient');
      permit.release();
      await eventually(() => server.client.zcard(base)).toBe(0);
      stop.abort('enough');
      await expect(deaf).rejects.toBe('enough');
      proxy.heal();
      (await next).release();
    });

    it('who needs a permit alone is told of it, after one who waited for a rate', async () => {
      const { open, base } = budget({ rate: { calls: 4, per: '1h' }, concurrency: 3, clock });
      const permit = await open().acquire({ weight: 3 });
      const stop = new AbortController();
      const heavy = open().acquire({ weight: 2, signal: stop.signal });
      await areInLine(base, 1);
      await eventually(() => server.client.exists(`${base}:closed`)).toBe(1);
      const light = open().acquire();
      await areInLine(base, 2);
      stop.abort('enough');
      await expect(heavy).rejects.toBe('enough');
      await eventually(() => server.client.exists(`${base}:closed`)).toBe(0);
      permit.release();
      (await light).release();
    });

    it('who waits for a rate is not told of permits', async () => {
      const limits = { rate: { calls: 2, per: '1h' }, concurrency: 2 } as const;
      const { open, base, prefix } = budget({ ...limits, clock });
      const listener = new Redis(url);
      onTestFinished(() => listener.disconnect());
      const messages: unknown[] = [];
      listener.on('pmessage', (...message) => messages.push(message));
      await listener.psubscribe(`${prefix}*`);
      const permits = [await open().acquire(), await open().acquire()];
      const stop = new AbortController();
      const waiting = open().acquire({ signal: stop.signal });
      await areInLine(base, 1);
      for (const permit of permits) permit.release();
      await eventually(() => server.client.zcard(base)).toBe(0);
      // What was told before is heard before the answer.
      await listener.ping();
      expect(messages).toEqual([]);
      stop.abort('enough');
      await expect(waiting).rejects.toBe('enough');
    });
  });

  describe('a call', () => {
    it('whose reply is lost is counted once', async () => {
      const { open, base } = budget(hourly(2));
      const { proxy, url: faulty } = await throughProxy();
      const limiter = open({}, faulty);
      await limiter.inspect();
      loseReplyThrough(proxy);
      await limiter.acquire();
      expect(proxy.counts.lostReplies).toBe(1);
      expect(await stepsOf(base)).toEqual([0, 1]);
      expect(await limiter.tryAcquire()).toBeDefined();
      expect(await limiter.tryAcquire()).toBeUndefined();
    });

    it.each([{ concurrency: 5 }, {}])(
      'that was granted when its caller had left is taken out again, with %j',
      async (limits) => {
        const rate = [
          { calls: 1, per: '1h' },
          { calls: 3, per: '1h', model: 'token-bucket' },
          { calls: 2, per: '1h', model: 'fixed-window' },
        ] as const;
        const { open, base } = budget({ ...limits, rate });
        const { proxy, url: faulty } = await throughProxy();
        const limiter = open({}, faulty);
        await limiter.inspect();
        proxy.blackHole('toClient');
        const stop = new AbortController();
        const leaving = limiter.acquire({ signal: stop.signal });
        await eventually(() => server.client.hlen(`${base}:starts`)).toBe(1);
        stop.abort('enough');
        await expect(leaving).rejects.toBe('enough');
        proxy.heal();
        await eventually(() => server.client.hlen(`${base}:starts`)).toBe(0);
        expect(await open().tryAcquire()).toBeDefined();
        expect(await server.client.get(`${base}:reservoir:3600000`)).toMatch(/ 1$/);
        const full =
          Number.parseFloat((await server.client.get(`${base}:bucket:3600000`)) ?? '') / 1_000;
        const [seconds] = await server.client.time();
        expect((full - Number(seconds) * 1_000) / 3_600_000).toBeCloseTo(1 / 3, 2);
      },
    );

    it.each([{ concurrency: 1 }, {}])(
      'that was made counts, also when its permit is released, with %j',
      async (limits) => {
        const { open } = budget({ ...hourly(1), ...limits });
        const limiter = open();
        (await limiter.acquire()).release();
        await eventually(async () => (await limiter.inspect()).active).toBe(0);
        await limiter.close();
        expect(await open().tryAcquire()).toBeUndefined();
      },
    );

    it.each([{ concurrency: 2 }, {}])(
      'has a signal of its own, which aborts when its permit is released, with %j',
      async (limits) => {
        const limiter = budget({ ...hourly(2), ...limits }).open();
        const [one, other] = [await limiter.acquire(), await limiter.acquire()];
        const { signal } = one;
        one.release();
        expect([signal.aborted, other.signal.aborted]).toEqual([true, false]);
        expect(signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
        other.release();
        expect(other.signal.aborted).toBe(true);
      },
    );

    it('fails when the server has been out of reach for as long as the patience', async () => {
      const { open } = budget({ ...hourly(5), patience: '100ms' });
      const { proxy, url: faulty } = await throughProxy();
      const limiter = open({}, faulty);
      await limiter.acquire();
      proxy.refuse();
      proxy.cut();
      await expect(limiter.acquire()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      proxy.heal();
      await eventually(() => limiter.acquire().catch(() => undefined)).toBeDefined();
    });
  });

  describe('the server', () => {
    it('that has forgotten the scripts is told them again', async () => {
      const { open } = budget({ ...hourly(5), concurrency: 3 });
      const limiter = open();
      const permit = await limiter.acquire();
      await server.client.script('FLUSH');
      permit.release();
      await eventually(async () => (await limiter.inspect()).active).toBe(0);
      await server.client.script('FLUSH');
      (await limiter.acquire()).release();
    });

    it('that starts anew counts anew, and nobody is left waiting', async () => {
      const port = await freePort();
      const start = () =>
        startLocalProcess({
          url: `redis://127.0.0.1:${port}`,
          command: ['redis-server', '--port', `${port}`, '--bind', '127.0.0.1', '--save', ''],
          ready: /Ready to accept connections/,
        });
      const first = await start();
      const limiter = redisLimiter(first.url, { name: 'crm', ...hourly(1) });
      await limiter.acquire();
      const waiting = limiter.acquire();
      const looking = new Redis(first.url);
      await eventually(() => looking.exists('runafter:limiter:{crm}:line')).toBe(1);
      looking.disconnect();
      await first.stop();
      const second = await start();
      await waiting;
      await limiter.close();
      await second.stop();
    }, 30_000);

    it('that has lost its keys tells who holds a permit, and counts anew', async () => {
      const { open, keys, prefix } = budget({ ...hourly(1), concurrency: 1, ttl: '300ms' });
      const limiter = open();
      const permit = await limiter.acquire();
      await server.client.del(...(await server.client.keys(`${prefix}*`)));
      await eventually(() => permit.signal.aborted).toBe(true);
      expect(permit.signal.reason).toMatchObject({ code: 'LEASE_LOST', loss: 'refused' });
      expect(await keys()).toEqual([]);
      (await limiter.acquire()).release();
    });

    it('keeps no more than 102 steps of a window, however many calls it has', async () => {
      const { open, base } = budget({ rate: { calls: 1_000_000, per: '400ms' } });
      const limiter = open();
      const since = systemClock.monotonic();
      while (systemClock.monotonic() - since < 600) {
        await Promise.all(Array.from({ length: 50 }, () => limiter.tryAcquire()));
      }
      expect(await server.client.llen(`${base}:window:400`)).toBeLessThanOrEqual(102);
      expect((await stepsOf(base, 400)).at(-1)).toBeGreaterThan(102);
    });

    it('remembers no call for long that needs no permit', async () => {
      const { open, base } = budget(hourly(1_000));
      const limiter = open();
      for (let n = 0; n < 300; n++) await limiter.tryAcquire();
      expect(await server.client.zcard(base)).toBe(1);
      expect(await server.client.hlen(`${base}:starts`)).toBe(1);
    });

    it('has nothing left that does not expire by itself', async () => {
      const { open, keys, base } = budget({
        rate: [
          { calls: 2, per: '1h' },
          { calls: 10, per: '1h', model: 'token-bucket' },
          { calls: 10, per: '1h', model: 'fixed-window' },
        ],
        spacing: '20ms',
        concurrency: 5,
      });
      const limiter = open();
      await limiter.acquire({ weight: 2 });
      const stop = new AbortController();
      const waiting = limiter.acquire({ signal: stop.signal });
      waiting.catch(() => {});
      await eventually(() => server.client.exists(`${base}:closed`)).toBe(1);
      const all = ['', ':bucket:3600000', ':closed', ':extras', ':line', ':places'];
      const rest = [':reservoir:3600000', ':starts', ':window:3600000'];
      expect(await keys()).toEqual(expect.arrayContaining([...all, ...rest]));
      for (const end of await keys()) {
        const left = await server.client.pttl(base + end);
        expect(left, end).not.toBe(-1);
        expect(left, end).toBeLessThanOrEqual(3_600_001);
      }
      stop.abort();
    });
  });

  /** The totals of the steps of a sliding window, with that in front which is over. */
  async function stepsOf(base: string, per = 3_600_000): Promise<number[]> {
    const steps = await server.client.lrange(`${base}:window:${per}`, 0, -1);
    return steps.map((step) => Number(step.split(' ')[2]));
  }
});
