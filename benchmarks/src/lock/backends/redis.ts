/**
 * Redis: SET with NX, and a script that deletes the key when it still holds its owner's name. What these lack:
 * a token, a renewal, a deadline that the holder knows of, and any way to wait.
 *
 * All sides use a client of ioredis that is made in the same way.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Redis, RedisOptions } from 'ioredis';
import { placeIn } from '../../harness/bench-places.ts';
import { contenderOf, notGranted, type OpenContender } from '../contender.ts';
import type { Backend, Peer } from './backend.ts';

/** Milliseconds; what our locks take when nothing is said. */
export const ttl = 30_000;

/** Milliseconds. */
const retryEvery = 10;

const compareAndDelete = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** A client that is connected, so that nobody's first command has to wait for that. */
export async function connect(
  cleanup: AsyncDisposableStack,
  options: Pick<RedisOptions, 'scripts'> = {},
): Promise<Redis> {
  const { Redis } = await import('ioredis');
  const client = new Redis(placeIn('redis').url, options);
  cleanup.defer(async () => void (await client.quit()));
  await client.ping();
  return client;
}

/** A key that goes with the benchmark's place. */
export function keyOf(name: string): string {
  return `${placeIn('redis').prefix}${name}`;
}

export const redisLocks: OpenContender = contenderOf(async (cleanup) => {
  const { redisLock } = await import('@runafter/redis');
  return redisLock(await connect(cleanup), { prefix: placeIn('redis').prefix });
});

const rawCalls: Peer = {
  title: 'SET NX, script',
  async open(name, cleanup) {
    const scripts = { release: { lua: compareAndDelete, numberOfKeys: 1 } };
    const client = (await connect(cleanup, { scripts })) as RawClient;
    const key = keyOf(name);
    return async () => {
      const owner = randomUUID();
      if ((await client.set(key, owner, 'PX', ttl, 'NX')) !== 'OK') throw notGranted();
      return () => client.release(key, owner);
    };
  },
};

/** What is the better one for it of no jitter and half of the delay; its own default is ten times the delay. */
const redlockJitter = retryEvery / 2;

export const redlock: Peer = {
  title: '@sesamecare-oss/redlock, 10 ms',
  async open(name, cleanup) {
    const { Redlock } = await import('@sesamecare-oss/redlock');
    const settings = { retryCount: -1, retryDelay: retryEvery, retryJitter: redlockJitter };
    const locks = new Redlock([await connect(cleanup)], settings);
    const key = keyOf(name);
    return async () => {
      const lock = await locks.acquire([key], ttl);
      return () => lock.release();
    };
  },
};

export const redisSemaphoreMutex: Peer = {
  title: 'redis-semaphore, 10 ms',
  async open(name, cleanup) {
    const { Mutex } = await import('redis-semaphore');
    const client = await connect(cleanup);
    const options = { lockTimeout: ttl, acquireTimeout: ttl, retryInterval: retryEvery };
    return async () => {
      const mutex = new Mutex(client, keyOf(name), options);
      await mutex.acquire();
      return () => mutex.release();
    };
  },
};

export const redis: Backend = {
  title: 'Redis lock',
  needs: 'redis',
  ours: redisLocks,
  uncontended: { peer: rawCalls, target: 1.11, each: 50 },
  handOver: { peer: redlock, held: { min: 5, max: 15 }, each: 40 },
};

type RawClient = Redis & { release(key: string, owner: string): Promise<unknown> };
