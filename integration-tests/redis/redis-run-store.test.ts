/** What runs on Redis are kept in, what that costs, and what becomes of it when a server forgets or a reply is lost. */
import type { FrameQuery, OutcomeEntry, RunStore, StoredSignal, Writer } from '@runafter/core';
import { redisRunStore } from '@runafter/redis';
import type { FaultProxy } from '@runafter/testkit';
import { Redis, type RedisOptions } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { useRedis } from './redis-place.ts';

const minute = 60_000;
const place = { frame: 'Orders[1]', key: 'Mail' };
const go = { event: 'go', payload: '"x"' };
const anEnd = { status: 'Succeeded', endTime: 9 } as const;

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);

  function open(prefix: string, client: string | Redis = url): RunStore {
    const store = redisRunStore(client, { prefix });
    onTestFinished(() => store.close());
    return store;
  }

  const keysOf = async (prefix: string) => (await server.client.keys(`${prefix}*`)).sort();

  describe('what is kept', () => {
    it('has one hash tag for all of a run, with the index that lists it', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      await useEverything(store, 'order-17');
      const keys = await keysOf(prefix);
      const tags = keys.map((key) => /\{(.*?)\}/.exec(key)?.[1]);
      expect(new Set(tags).size).toBe(1);
      const ends = keys.map((key) => key.slice(key.indexOf('}:') + 2));
      expect(ends).toEqual([
        'claims:order-17',
        'outcomes:order-17',
        'places:order-17',
        'run:order-17',
        'running',
        'signal-ids:order-17',
        'signals:order-17',
        'states:order-17',
      ]);
    });

    it('is spread over many tags where there are many runs', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      await Promise.all(Array.from({ length: 300 }, (_, n) => create(store, `run-${n}`)));
      const indexes = (await keysOf(prefix)).filter((key) => key.endsWith(':running'));
      expect(indexes.length).toBeGreaterThan(50);
    });

    it('is nothing but the last token once the run is deleted, and that expires', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      await useEverything(store, 'order-17');
      await store.deleteRun('order-17');
      const keys = await keysOf(prefix);
      expect(keys).toEqual([expect.stringMatching(/token:order-17$/)]);
      expect(await server.client.pttl(keys[0] ?? '')).toBeGreaterThan(0);
    });

    it('takes less than 400 bytes for each of many outcomes without texts', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      const writer = await create(store, 'r');
      await fill(store, writer, 2_000);
      let bytes = 0;
      for (const key of await keysOf(prefix)) {
        bytes += Number(await server.client.memory('USAGE', key, 'SAMPLES', 0));
      }
      expect(bytes / 2_000).toBeLessThan(400);
    });
  });

  describe('a frame of 5,000 outcomes', () => {
    it('is read in steps of 250, wherever a page begins', async () => {
      const client = new Redis(url);
      onTestFinished(() => client.disconnect());
      const store = open(server.freshPrefix(), client);
      await fill(store, await create(store, 'r'), 5_000);
      const steps = vi.spyOn(client, 'evalsha');
      const read = async (query: FrameQuery) => {
        steps.mockClear();
        return (await store.readFrame('r', 'Loop', query)).map(({ key }) => key);
      };
      await read({ limit: 1 });
      const page = await read({ after: 4_200, limit: 500 });
      expect(page).toEqual(Array.from({ length: 500 }, (_, n) => 4_201 + n));
      expect(steps).toHaveBeenCalledTimes(2);
      expect(await read({ statuses: ['Failed'] })).toEqual([4_999]);
      expect(steps.mock.calls.length, 'of 1,000 places each').toBeLessThanOrEqual(6);
    });
  });

  describe('writes that are not awaited', () => {
    it('take effect also when the server has forgotten the script', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      const writer = await create(store, 'r');
      await server.client.script('FLUSH');
      const saved = Array.from({ length: 40 }, (_, n) => store.saveState(writer, `p${n}`, `${n}`));
      expect(await Promise.all(saved)).not.toContain(false);
      for (let n = 0; n < 40; n++) expect(await store.readState('r', `p${n}`)).toBe(`${n}`);
    });

    it('take effect in their order also before there is a connection, and after it was lost', async () => {
      const prefix = server.freshPrefix();
      const proxy = await server.proxy();
      const store = open(prefix, proxy.url);
      const created = store.createRun(aRun('r'), { holder: 'me', ttl: minute });
      expect(await store.putSignal('r', go)).toBe('kept');
      await created;
      const { token } = await created.then((answer) => ({ token: 0, ...answer }));
      proxy.cut();
      const saved = Array.from({ length: 20 }, (_, n) =>
        store.saveState({ runId: 'r', token }, 'p', `${n}`),
      );
      const answers = await Promise.allSettled(saved);
      const last = answers.findLastIndex(({ status }) => status === 'fulfilled');
      if (last >= 0) expect(await store.readState('r', 'p')).toBe(`${last}`);
      expect(await store.saveState({ runId: 'r', token }, 'p', 'later')).toBe(true);
    });
  });

  describe('a reply that is lost', () => {
    it('is reported as such, and what was done stays done', async () => {
      const proxy = await server.proxy();
      const store = open(server.freshPrefix(), proxy.url);
      const writer = await create(store, 'r');
      const lost = { code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' };
      loseReplyThrough(proxy);
      await expect(store.recordOutcome(writer, anOutcome('A'))).rejects.toMatchObject(lost);
      expect(await store.recordOutcome(writer, anOutcome('A'))).toBe('duplicate');
      loseReplyThrough(proxy);
      await expect(store.putSignal('r', go)).rejects.toMatchObject(lost);
      expect(await store.readSignals('r', 0)).toHaveLength(1);
    });

    it('to a client that sends again is answered as the first time, and nothing is done twice', async () => {
      const proxy = await server.proxy();
      const client = new Redis(proxy.url);
      client.on('error', () => {});
      onTestFinished(() => client.disconnect());
      const store = open(server.freshPrefix(), client);
      await create(store, 'warm');
      let lost = 0;
      const again = async <T>(call: () => Promise<T>): Promise<T> => {
        loseReplyThrough(proxy);
        const answer = await call();
        expect(proxy.counts.lostReplies).toBe(++lost);
        return answer;
      };

      const created = await again(() => store.createRun(aRun('r'), { holder: 'me', ttl: minute }));
      expect(created).toMatchObject({ state: 'created' });
      const first = { runId: 'r', token: 'token' in created ? created.token : 0 };
      await store.releaseLease(first);
      const acquired = await again(() => store.acquireLease('r', { holder: 'me', ttl: minute }));
      expect(acquired).toMatchObject({ state: 'granted' });
      const writer = { runId: 'r', token: 'token' in acquired ? acquired.token : 0 };
      expect(await again(() => store.claimAttempt('r', place, 1))).toBe(1);
      const delivery = { ...place, attempt: 1, delivery: 1 };
      expect(await again(() => store.putSignal('r', { ...go, delivery }))).toBe('kept');
      expect(await store.putSignal('r', { ...go, delivery })).toBe('stale');
      expect(await again(() => store.putSignal('r', { ...go, id: 'x' }))).toBe('kept');
      expect(await store.putSignal('r', { ...go, id: 'x' })).toBe('duplicate');
      expect(await again(() => store.putSignal('r', go))).toBe('kept');
      expect((await store.readSignals('r', 0)).map(({ number }) => number)).toEqual([1, 2, 3]);
      const entry = { ...anOutcome('A'), signals: [2] };
      expect(await again(() => store.recordOutcome(writer, entry))).toBe('recorded');
      expect(await store.recordOutcome(writer, entry)).toBe('duplicate');
      expect(await again(() => store.endRun(writer, anEnd))).toBe(true);
      expect(await again(() => store.deleteRun('r'))).toBe(true);
      expect(await store.deleteRun('r')).toBe(false);
    });
  });

  describe('a connection that was lost', () => {
    const refused = { code: 'SERVICE_UNAVAILABLE', outcome: 'not-done' };

    async function lost() {
      const proxy = await server.proxy();
      const store = open(server.freshPrefix(), proxy.url);
      const writer = await create(store, 'r');
      proxy.refuse();
      proxy.cut();
      await turnedAway(proxy, 1);
      return { proxy, store, writer };
    }

    const turnedAway = (proxy: FaultProxy, times: number) =>
      vi.waitUntil(() => proxy.counts.refused >= times, { interval: 1, timeout: 10_000 });

    it('is waited for by writes, which then take effect in their order', async () => {
      const { proxy, store, writer } = await lost();
      const saved = [1, 2, 3].map((n) => store.saveState(writer, 'p', `state ${n}`));
      await turnedAway(proxy, 2);
      proxy.heal();
      expect(await Promise.all(saved)).toEqual([true, true, true]);
      expect(await store.readState('r', 'p')).toBe('state 3');
    });

    it('is not waited for without end', async () => {
      const { store } = await lost();
      await expect(store.readRun('r')).rejects.toMatchObject(refused);
    });

    it('is not waited for where there never was one', async () => {
      const proxy = await server.proxy();
      proxy.refuse();
      await expect(open(server.freshPrefix(), proxy.url).readRun('r')).rejects.toMatchObject(
        refused,
      );
      expect(proxy.counts.refused).toBe(1);
    });
  });

  describe('a server that has lost everything', () => {
    it('knows no run: its writers are fenced, and the next one of that id has a greater token', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      const writer = await useEverything(store, 'r');
      await server.client.del(...(await keysOf(prefix)));

      expect(await store.readRun('r')).toBeUndefined();
      expect(await store.recordOutcome(writer, anOutcome('B'))).toBe('fenced');
      expect(await store.saveState(writer, 'p', 'late')).toBe(false);
      expect(await store.renewLease(writer, minute)).toBe(false);
      expect(await store.endRun(writer, anEnd)).toBe(false);
      await store.releaseLease(writer);
      expect(await store.putSignal('r', go)).toBe('unknown');
      expect(await store.claimAttempt('r', place, 2)).toBeUndefined();
      expect(await keysOf(prefix), 'nothing of it comes back').toEqual([]);
      expect((await create(store, 'r')).token).toBeGreaterThan(writer.token);
    });

    it('of a part of a run has nothing of it left for the next one of that id', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      await useEverything(store, 'r');
      for (const key of await keysOf(prefix)) {
        if (key.endsWith(':run:r')) await server.client.del(key);
      }
      await create(store, 'r');
      expect(await store.readFrame('r', '')).toEqual([]);
      expect(await store.readSignals('r', 0)).toEqual([]);
      expect(await store.claimAttempt('r', place, 1)).toBe(1);
    });

    it('whose clock went back gives greater tokens all the same', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      await create(store, 'r');
      const ahead = 2 ** 52;
      for (const key of await keysOf(prefix)) {
        if (key.endsWith(':run:r')) await server.client.hset(key, 'token', `${ahead}`);
      }
      await store.deleteRun('r');
      expect((await create(store, 'r')).token).toBe(ahead + 1);
    });
  });

  describe('a subscription', () => {
    it('is given each signal, and none for one that is long', async () => {
      const prefix = server.freshPrefix();
      const [store, other] = [open(prefix), open(prefix)];
      await create(store, 'r');
      const heard: (StoredSignal | undefined)[] = [];
      store.onSignal('r', (signal) => heard.push(signal));
      // Once without a signal: it is heard from now on.
      await expect.poll(() => heard).toEqual([undefined]);
      await other.putSignal('r', { ...go, correlate: 'é\u{1F600}', id: 'x' });
      await other.putSignal('r', { ...go, payload: 'x'.repeat(100_000) });
      await expect.poll(() => heard.length).toBe(3);
      expect(heard[1]).toEqual({ ...go, correlate: 'é\u{1F600}', id: 'x', number: 1 });
      expect(heard[2], 'it is to be read').toBeUndefined();
    });

    it('is called when its connection is back, for something may have been missed', async () => {
      const prefix = server.freshPrefix();
      const proxy = await server.proxy();
      const [store, other] = [open(prefix, proxy.url), open(prefix)];
      await Promise.all([create(other, 'r'), create(other, 's')]);
      const heard = { r: 0, s: 0, left: 0 };
      store.onSignal('r', () => heard.r++);
      store.onSignal('s', () => heard.s++);
      const leave = store.onSignal('r', () => heard.left++);
      await expect.poll(() => heard).toEqual({ r: 1, s: 1, left: 1 });
      leave();
      proxy.cut();
      await expect.poll(() => heard).toEqual({ r: 2, s: 2, left: 1 });
      await other.putSignal('s', go);
      await expect.poll(() => heard).toEqual({ r: 2, s: 3, left: 1 });
    });

    it('of many runs takes one connection, and a run that has no listener any more no channel', async () => {
      const prefix = server.freshPrefix();
      const store = open(prefix);
      const channels = async () => (await server.client.pubsub('CHANNELS', `${prefix}*`)).length;
      const ends = Array.from({ length: 50 }, (_, n) => store.onSignal(`run-${n}`, () => {}));
      await expect.poll(channels).toBe(50);
      for (const end of ends.slice(1)) end();
      await expect.poll(channels).toBe(1);
      await store.close();
      await expect.poll(channels).toBe(0);
    });
  });

  it.each([
    { keyPrefix: 'tenant-*[1]:' },
    { stringNumbers: true },
    { enableAutoPipelining: true },
    { protocol: 2 },
    { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
  ] satisfies RedisOptions[])('takes a client with the options %j', async (options) => {
    const client = new Redis(url, { ...options, replyMapping: 'legacy' });
    onTestFinished(() => client.disconnect());
    const prefix = server.freshPrefix();
    const store = open(prefix, client);
    let heard = 0;
    store.onSignal('r', (signal) => {
      if (signal !== undefined) heard++;
    });
    await expect.poll(() => server.client.pubsub('CHANNELS', `*${prefix}*`)).toHaveLength(1);
    const writer = await useEverything(store, 'r');
    await expect.poll(() => heard).toBe(2);
    expect(await store.endRun(writer, anEnd)).toBe(true);
    const listed: string[] = [];
    for await (const { runId } of store.listRuns({ status: 'Succeeded' })) listed.push(runId);
    expect(listed).toEqual(['r']);
    const { keyPrefix = '' } = options;
    const keys = await server.client.keys(`*${prefix}*`);
    expect(keys.every((key) => key.startsWith(`${keyPrefix}${prefix}`))).toBe(true);
    await server.client.del(...keys);
  });
});

function aRun(runId: string) {
  return { runId, workflow: 'W', definition: '{}', input: '1', keyRoot: runId, startTime: 1 };
}

function anOutcome(key: string): OutcomeEntry {
  const outcome = { frame: '', key, status: 'Succeeded', attempt: 1 } as const;
  return { outcome: { ...outcome, startTime: 1, endTime: 2 } };
}

async function create(store: RunStore, runId: string): Promise<Writer> {
  const created = await store.createRun(aRun(runId), { holder: 'me', ttl: minute });
  if (created.state !== 'created') throw new Error(`The run ${runId} was there before.`);
  return { runId, token: created.token };
}

/** A run with something of each kind. */
async function useEverything(store: RunStore, runId: string): Promise<Writer> {
  const writer = await create(store, runId);
  await store.recordOutcome(writer, anOutcome('A'));
  await store.claimAttempt(runId, place, 1);
  await store.saveState(writer, 'p', 'state');
  await store.putSignal(runId, { ...go, id: 'x' });
  await store.putSignal(runId, { ...go, delivery: { ...place, attempt: 1, delivery: 1 } });
  return writer;
}

/** Outcomes of the iterations of a loop, of which the last one has failed. */
async function fill(store: RunStore, writer: Writer, count: number): Promise<void> {
  const now = 1_764_000_000_000;
  const recorded = Array.from({ length: count }, (_, key) => {
    const status = key === count - 1 ? 'Failed' : 'Succeeded';
    const outcome = { frame: 'Loop', key, status, attempt: 1 } as const;
    return store.recordOutcome(writer, {
      outcome: { ...outcome, startTime: now, endTime: now + key },
    });
  });
  await Promise.all(recorded);
}
