/** What only a run gate on Redis has: what it says who is refused, the dead in its room, and what is kept on the server. */
import { virtualClock } from '@runafter/clock';
import { type RedisRunGateOptions, redisRunGate } from '@runafter/redis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

/** A busy machine may take its time. */
const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 20_000 });

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);

  /** A gate that several objects open, and what the server has of it. */
  function gate(ownOptions: Omit<RedisRunGateOptions, 'name' | 'prefix'>) {
    const prefix = server.freshPrefix();
    const base = `${prefix}gate:{imports}`;
    const open = (options: Partial<RedisRunGateOptions> = {}, client = url) => {
      const opened = redisRunGate(client, { name: 'imports', prefix, ...ownOptions, ...options });
      onTestFinished(() => opened.close());
      return opened;
    };
    const keys = async () =>
      (await server.client.keys(`${prefix}*`)).map((key) => key.slice(base.length)).sort();
    return { base, open, keys };
  }

  describe('who is refused', () => {
    it('is told how many are in and wait on all machines, as from a gate of one process', async () => {
      const { open } = gate({ concurrency: 2, waiting: 1 });
      const [one, other] = [open(), open()];
      await one.enter();
      await other.enter();
      const stop = new AbortController();
      const waiting = one.enter({ signal: stop.signal });
      waiting.catch(() => {});
      await eventually(() => other.inspect()).toEqual({ running: 2, waiting: 1 });
      await expect(other.enter()).rejects.toMatchObject({
        code: 'GATE_FULL',
        status: 429,
        gate: 'Redis run gate "imports"',
        running: 2,
        waiting: 1,
        retryAfter: undefined,
      });
      stop.abort();
    });

    it('is told another moment than the one before, as long as nobody comes out', async () => {
      const { open, base } = gate({ concurrency: 1, waiting: 0 });
      const opened = open();
      (await opened.enter()).release();
      await eventually(() => server.client.hget(`${base}:pace`, 'returns')).toBe('1');
      await server.client.hset(`${base}:pace`, 'time', 60_000_000, 'returns', 1);
      const permit = await opened.enter();
      const hint = async () => {
        const error = await opened.enter().catch((reason: unknown) => reason);
        return (error as { retryAfter?: number }).retryAfter;
      };
      // No more than it takes all who are inside to leave, which is one here.
      expect([await hint(), await hint()]).toEqual([60_000, 60_000]);
      permit.release();
      const wider = open({ concurrency: 2 });
      await eventually(() => wider.tryEnter()).toBeDefined();
      await wider.enter();
      await server.client.hset(`${base}:pace`, 'time', 60_000_000, 'returns', 1);
      expect([await hint(), await hint(), await hint()]).toEqual([60_000, 120_000, 120_000]);
    });
  });

  describe('without a poll', () => {
    /** Nobody who goes by it ever polls: its time stands still. */
    const clock = virtualClock();

    it('all for whom there is room are told, one by the other', async () => {
      const { open, base } = gate({ concurrency: 3 });
      const holder = open();
      const permits = await Promise.all([holder.enter(), holder.enter(), holder.enter()]);
      const waiting = Array.from({ length: 3 }, () => open({ clock }).enter());
      await eventually(() => server.client.zcard(`${base}:line`)).toBe(3);
      await eventually(() => channelsOf(base)).toHaveLength(3);
      // Each release tells the first in line, which is the same one until it has asked.
      for (const permit of permits) permit.release();
      for (const entered of waiting) (await entered).release();
    });

    it('the next one is told when who was told has left without an answer', async () => {
      const { open, base } = gate({ concurrency: 1 });
      const proxy = await server.proxy();
      const permit = await open().enter();
      const stop = new AbortController();
      const deaf = open({ clock }, proxy.url).enter({ signal: stop.signal });
      await eventually(() => server.client.zcard(`${base}:line`)).toBe(1);
      await eventually(() => channelsOf(base)).toHaveLength(1);
      const next = open({ clock }).enter();
      await eventually(() => server.client.zcard(`${base}:line`)).toBe(2);
      await eventually(() => channelsOf(base)).toHaveLength(2);
      proxy.blackHole('toClient');
      permit.release();
      await eventually(() => server.client.zcard(base)).toBe(0);
      stop.abort('enough');
      await expect(deaf).rejects.toBe('enough');
      proxy.heal();
      (await next).release();
    });

    const channelsOf = (base: string) =>
      server.client.pubsub('CHANNELS', `${base.split('gate:')[0]}*`) as Promise<string[]>;
  });

  it('the dead have no places in the room, wherever they stood', async () => {
    const { open, base } = gate({ concurrency: 1, waiting: 2 });
    const opened = open();
    await opened.enter();
    const stop = new AbortController();
    const { signal } = stop;
    const first = opened.enter({ signal });
    await eventually(() => server.client.zcard(`${base}:line`)).toBe(1);
    await server.client.zadd(`${base}:line`, 5, 'dead');
    await server.client.hset(`${base}:places`, 'dead', '1 []');
    const late = open().enter({ signal });
    await eventually(() => server.client.zscore(`${base}:line`, 'dead')).toBeNull();
    await eventually(() => server.client.zcard(`${base}:line`)).toBe(2);
    stop.abort('enough');
    expect(await Promise.allSettled([first, late])).toMatchObject([
      { reason: 'enough' },
      { reason: 'enough' },
    ]);
  });

  it("with concurrency 'off' lets everybody in and counts them", async () => {
    const { open } = gate({ concurrency: 'off' });
    const opened = open();
    const permits = await Promise.all(Array.from({ length: 40 }, () => opened.enter()));
    expect(await opened.inspect()).toEqual({ running: 40, waiting: 0 });
    for (const permit of permits) permit.release();
    await eventually(() => opened.inspect()).toEqual({ running: 0, waiting: 0 });
  });

  it('who has lost the permit is told so, and the next one is let in', async () => {
    const { open, base } = gate({ concurrency: 1, ttl: '300ms' });
    const opened = open();
    const permit = await opened.enter();
    const next = open().enter();
    await eventually(() => server.client.zcard(`${base}:line`)).toBe(1);
    await server.client.del(base);
    await eventually(() => permit.signal.aborted).toBe(true);
    expect(permit.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
    (await next).release();
  });

  it('leaves nothing but its pace, which expires as well', async () => {
    const { open, keys, base } = gate({ concurrency: 1, waiting: 1 });
    const opened = open();
    const permit = await opened.enter();
    const waiting = opened.enter();
    await eventually(() => server.client.zcard(`${base}:line`)).toBe(1);
    await expect(opened.enter()).rejects.toMatchObject({ code: 'GATE_FULL' });
    for (const end of await keys())
      expect(await server.client.pttl(base + end), end).toBeGreaterThan(0);
    permit.release();
    (await waiting).release();
    await eventually(() => keys()).toEqual([':pace']);
  });
});
