/**
 * A permit of a Redis semaphore that has enough of them: acquired and released, next to redis-semaphore and to
 * a sorted set with a script. What these lack: a line of waiters, and weights. What the raw script lacks
 * further: renewals, and any way to wait.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { placeIn } from '../harness/bench-places.ts';
import type { Work } from '../harness/work.ts';
import type { Peer } from './backends/backend.ts';
import { connect, keyOf, ttl } from './backends/redis.ts';
import { contenderOf, notGranted } from './contender.ts';
import { oneByOne } from './uncontended.ts';

const permits = 5;

const each = 50;

const ours = contenderOf(async (cleanup) => {
  const { redisSemaphore } = await import('@runafter/redis');
  return redisSemaphore(await connect(cleanup), { permits, prefix: placeIn('redis').prefix });
});

const acquireScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

const sortedSet: Peer = {
  title: 'ZADD in a script, ZREM',
  async open(name, cleanup) {
    const scripts = { takePermit: { lua: acquireScript, numberOfKeys: 1 } };
    const client = (await connect(cleanup, { scripts })) as RawClient;
    const key = keyOf(name);
    return async () => {
      const owner = randomUUID();
      if ((await client.takePermit(key, owner, permits, ttl)) !== 1) throw notGranted();
      return () => client.zrem(key, owner);
    };
  },
};

const redisSemaphorePackage: Peer = {
  title: 'redis-semaphore',
  async open(name, cleanup) {
    const { Semaphore } = await import('redis-semaphore');
    const client = await connect(cleanup);
    return async () => {
      const semaphore = new Semaphore(client, keyOf(name), permits, { lockTimeout: ttl });
      await semaphore.acquire();
      return () => semaphore.release();
    };
  },
};

export const permitWorks: readonly Work[] = [
  {
    kind: 'duel',
    name: 'Redis semaphore, uncontended',
    unit: 'µs/acquisition',
    needs: 'redis',
    ours: oneByOne(ours, each),
    peers: {
      [sortedSet.title]: oneByOne(sortedSet.open, each),
      [redisSemaphorePackage.title]: oneByOne(redisSemaphorePackage.open, each),
    },
  },
];

type RawClient = Redis & {
  takePermit(key: string, owner: string, permits: number, ttl: number): Promise<unknown>;
};
