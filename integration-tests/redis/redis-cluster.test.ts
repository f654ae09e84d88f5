/** Documents, counters, locks, semaphores, pools, limiters, gates and runs on a cluster: each key on its own server, what belongs together on one. */
import { pool } from '@runafter/claim';
import type { Semaphore } from '@runafter/lock';
import {
  redisCounter,
  redisDocumentStore,
  redisLimiter,
  redisLock,
  redisPools,
  redisRunGate,
  redisRunStore,
  redisSemaphore,
} from '@runafter/redis';
import { Cluster } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { listed } from './listed.ts';
import { type RedisCluster, startRedisCluster } from './redis-cluster.ts';

const { CI, TEST_SERVICES } = process.env;
const cluster = await startRedisCluster().catch((error: Error) => {
  if (CI || TEST_SERVICES) throw error;
  return error;
});

if (cluster instanceof Error) {
  it('on a Redis Cluster', ({ skip }) => skip(`no Redis Cluster, since ${cluster.message}`));
} else {
  onCluster(cluster);
}

function onCluster({ nodes, stop }: RedisCluster): void {
  let client: Cluster;
  beforeAll(() => {
    client = new Cluster([...nodes]);
  });
  afterAll(async () => {
    client.disconnect();
    await stop();
  });

  const awkward = ['a}b', '{', '}', '{}', '{a}', '}{', '%7D', 'a%', '{{a}}', 'é\u{1F469}', '\0'];

  it('lists the documents of all servers, each once', async () => {
    const store = redisDocumentStore<number>(client, { prefix: 'list:' });
    const keys = [...awkward, ...Array.from({ length: 700 }, (_, n) => `order-${n}`)];
    await Promise.all(keys.map((key) => store.create(key, 1)));
    const found = await listed(store);
    expect(found.map(({ key }) => key).sort()).toEqual(keys.sort());
    const some = await listed(store, 'order-1');
    expect(some.map(({ key }) => key).sort()).toEqual(
      keys.filter((key) => key.startsWith('order-1')).sort(),
    );
    const sizes = await Promise.all(client.nodes('master').map((node) => node.dbsize()));
    expect(Math.min(...sizes), 'both servers have documents').toBeGreaterThan(100);
  });

  it('lists them also with a client that is not connected yet', async () => {
    await redisDocumentStore<number>(client, { prefix: 'early:' }).create('a', 1);
    const another = new Cluster([...nodes]);
    onTestFinished(() => another.disconnect());
    const store = redisDocumentStore<number>(another, { prefix: 'early:' });
    expect(await listed(store)).toHaveLength(1);
  });

  it('creates, replaces and removes documents on any server', async () => {
    const store = redisDocumentStore<number>(client, { prefix: 'write:' });
    for (const key of awkward) {
      const etag = await store.create(key, 1);
      const next = await store.replace(key, 2, etag);
      await expect(store.replace(key, 3, etag)).rejects.toMatchObject({ code: 'ETAG_MISMATCH' });
      await store.remove(key, next);
      expect(await store.read(key)).toBeUndefined();
    }
  });

  it.each(['count:', '{tenant}:', 'a{b:', 'a}b{'])(
    'keeps a counter and its operation ids on one server, with the prefix %j',
    async (prefix) => {
      const counter = redisCounter(client, { prefix });
      for (const name of awkward) {
        await Promise.all([
          counter.add(name, 1),
          ...[1, 1, 2].map((id) => counter.add(name, 10, { once: `}{${id}` })),
        ]);
        expect(await counter.addAndGet(name, 100)).toBe(121n);
        expect(await counter.reset(name)).toBe(121n);
      }
    },
  );

  it.each(['lock:', '{tenant}:', 'a{b:'])(
    'keeps a lock, its line and its token on one server, with the prefix %j',
    async (prefix) => {
      await using lock = redisLock(client, { prefix });
      await using semaphore = redisSemaphore(client, { prefix, permits: 2 });
      await Promise.all(
        awkward.map(async (name) => {
          const lease = await lock.acquire(name);
          const waiting = lock.acquire(name);
          await lease.release();
          const next = await waiting;
          expect(next.token).toBeGreaterThan(lease.token);
          await next.release();
          const permits = await Promise.all(
            [1, 2, 1].map((weight) => use(semaphore, name, weight)),
          );
          expect(permits).toEqual([1, 2, 1]);
        }),
      );
    },
  );

  it.each(['pool:', '{tenant}:', 'a{b:'])(
    'keeps all of a pool on one server, with the prefix %j',
    async (prefix) => {
      await using store = redisPools(client, { prefix });
      await Promise.all(
        awkward.map(async (name) => {
          await using pools = pool(store, name, ['r0', 'r1'], { poll: '1m' });
          const lease = await pools.claim({ mode: 'lease' });
          await pools.withdraw(['r1']);
          const waiting = pools.claim({ mode: 'assign', once: 'hire-1', wait: '10s' });
          await lease.release();
          const assigned = await waiting;
          expect(assigned.resource).toBe('r0');
          expect(assigned.token).toBeGreaterThan(lease.token);
          expect(await pools.inspect()).toMatchObject([{ claim: { by: 'hire-1' } }]);
          await pools.release('hire-1');
        }),
      );
    },
  );

  it.each(['limiter:', '{tenant}:', 'a{b:'])(
    'keeps all of a limiter and of a run gate on one server, with the prefix %j',
    async (prefix) => {
      const rate = [
        { calls: 5, per: '1h' },
        { calls: 5, per: '1h', model: 'token-bucket' },
        { calls: 5, per: '1h', model: 'fixed-window' },
      ] as const;
      await Promise.all(
        awkward.map(async (name) => {
          const options = { name, prefix, rate, spacing: 1, concurrency: 1 };
          await using limiter = redisLimiter(client, options);
          const permit = await limiter.acquire();
          const waiting = limiter.acquire();
          permit.release();
          (await waiting).release();
          await using gate = redisRunGate(client, { name, prefix, concurrency: 1, waiting: 1 });
          const first = await gate.enter();
          const next = gate.enter();
          first.release();
          (await next).release();
          expect(await gate.inspect()).toMatchObject({ waiting: 0 });
        }),
      );
    },
  );

  it.each(['run:', '{tenant}:', 'a{b:'])(
    'keeps all of a run on one server, lists those of all, and tells their signals, with the prefix %j',
    async (prefix) => {
      const another = new Cluster([...nodes]);
      onTestFinished(() => another.disconnect());
      const [store, other] = [
        redisRunStore(client, { prefix }),
        redisRunStore(another, { prefix }),
      ];
      const ids = [...awkward, ...Array.from({ length: 40 }, (_, n) => `order-${n}`)];
      const heard = new Set<string>();
      for (const id of ids) {
        store.onSignal(id, (signal) => {
          if (signal?.payload === id) heard.add(id);
        });
      }
      const channels = async () => {
        const counts = await Promise.all(
          client.nodes('master').map((node) => node.pubsub('CHANNELS', `${prefix}signals:*`)),
        );
        return counts.flat().length;
      };
      await expect.poll(channels).toBe(ids.length);
      const answers = ids.map(async (runId, startTime) => {
        const texts = { workflow: 'W', definition: '{}', input: '1', keyRoot: runId };
        const lease = { holder: 'me', ttl: 60_000 };
        const created = store.createRun({ runId, startTime, ...texts }, lease);
        // Not awaited before: the order holds on every server.
        expect(await store.claimAttempt(runId, { frame: '', key: 'A' }, 1)).toBe(1);
        expect(await other.putSignal(runId, { event: 'go', payload: runId })).toBe('kept');
        const granted = await created;
        const writer = { runId, token: 'token' in granted ? granted.token : 0 };
        const outcome = { frame: '', key: 'A', status: 'Succeeded', attempt: 1 } as const;
        const entry = { outcome: { ...outcome, startTime: 1, endTime: 2 }, signals: [1] };
        expect(await store.recordOutcome(writer, entry)).toBe('recorded');
        expect(await store.endRun(writer, { status: 'Succeeded', endTime: 3 })).toBe(true);
        expect(await other.readFrame(runId, '')).toMatchObject([{ key: 'A' }]);
      });
      await Promise.all(answers);
      const found: string[] = [];
      for await (const { runId } of other.listRuns({ status: 'Succeeded' })) found.push(runId);
      expect(found).toEqual(ids);
      await expect.poll(() => heard.size).toBe(ids.length);
      await Promise.all([...ids.map((id) => store.deleteRun(id)), store.close(), other.close()]);
    },
  );

  it('tells waiters of a release, whatever server their name is on', async () => {
    const another = new Cluster([...nodes]);
    onTestFinished(() => another.disconnect());
    const options = { prefix: 'wake:', poll: '1m', wait: '2m' } as const;
    await using holder = redisLock(client, options);
    await using waiter = redisLock(another, options);
    const leases = await Promise.all(awkward.map((name) => holder.acquire(name)));
    const waiting = awkward.map((name) => waiter.acquire(name));
    const channels = async () => {
      const counts = await Promise.all(
        client.nodes('master').map((node) => node.pubsub('CHANNELS', 'wake:released:*')),
      );
      return counts.flat().length;
    };
    await expect.poll(channels).toBe(1);
    await Promise.all(leases.map((lease) => lease.release()));
    for (const granted of waiting) await (await granted).release();
  });

  it('renews locks, permits and leases of a pool also where memory is short, and takes them back', async () => {
    const options = { prefix: 'memory:', ttl: '1500ms' } as const;
    await using lock = redisLock(client, options);
    await using semaphore = redisSemaphore(client, { ...options, permits: 3 });
    await using store = redisPools(client, options);
    await using pools = pool(store, 'a', ['r0', 'r1', 'r2'], options);
    await pools.claim({ mode: 'assign', once: 'hire-1' });
    const held = [
      await lock.acquire('a'),
      await semaphore.acquire('a'),
      await semaphore.acquire('a', { weight: 2, ttl: '1h' }),
      await semaphore.acquire('b', { weight: 3 }),
      await pools.claim({ mode: 'lease' }),
    ];
    const since = held.map(({ expiresAt }) => expiresAt);
    const limit = (bytes: number) =>
      Promise.all(client.nodes('master').map((node) => node.config('SET', 'maxmemory', bytes)));
    onTestFinished(async () => void (await limit(0)));
    await limit(1);
    await expect(lock.tryAcquire('b')).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    await expect(pools.tryClaim({ mode: 'lease' })).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
    for (const n of [0, 1, 3, 4]) {
      await expect
        .poll(() => held[n]?.expiresAt, { timeout: 2_000 })
        .toBeGreaterThan(since[n] ?? 0);
    }
    for (const lease of held) await lease.release();
    await pools.release('hire-1');
    await limit(0);
    expect(await client.zcard('memory:pool:{a}:free')).toBe(3);
    expect(await client.exists('memory:semaphore:{a}', 'memory:semaphore:{a}:extras')).toBe(0);
  });

  it('tells someone who has connected to one server only what to use instead', async () => {
    const [node = { host: '', port: 0 }] = nodes;
    const store = redisDocumentStore<number>({ ...node });
    onTestFinished(() => store.close());
    const keys = Array.from({ length: 20 }, (_, n) => `order-${n}`);
    const answers = await Promise.allSettled(keys.map((key) => store.read(key)));
    const refusals = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason] : [],
    );
    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        code: 'SERVICE_REFUSED',
        message: expect.stringContaining('hand over a Cluster'),
      });
    }
  });
}

async function use(semaphore: Semaphore, name: string, weight: number): Promise<number> {
  await using permit = await semaphore.acquire(name, { weight });
  return permit.weight;
}
