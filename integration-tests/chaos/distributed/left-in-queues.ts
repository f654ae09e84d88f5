/**
 * What is left in BullMQ's queues, by the keys in Redis: also what no interface of BullMQ would show.
 * @module
 */
import type { Redis } from 'ioredis';
import { queuePrefix } from './task.ts';

/** What a queue without any job may have: facts about itself, and its events. */
const ownKeys: ReadonlySet<string> = new Set([
  ...['meta', 'id', 'events', 'pc', 'marker', 'stalled-check', 'limiter', 'metrics', 'de'],
]);

/** Every job that is there, and every one that a list names; jobs that have ended should be removed. */
export async function leftInQueues(redis: Redis): Promise<string[]> {
  const left: string[] = [];
  for await (const keys of redis.scanStream({ match: `${queuePrefix}:*`, count: 1_000 })) {
    for (const key of keys as string[]) {
      const [prefix, queue, what = ''] = key.split(':');
      if (ownKeys.has(what)) continue;
      const type = await redis.type(key);
      if (type === 'hash') left.push(...(await jobAt(redis, key)));
      for (const id of await members(redis, key, type)) {
        const isThere = (await redis.exists(`${prefix}:${queue}:${id}`)) > 0;
        if (!isThere) left.push(`${key} names ${id}, which is not there`);
      }
    }
  }
  return left;
}

/** A job that looks for lost runs is put into a queue now and then, whether there are runs or not. */
async function jobAt(redis: Redis, key: string): Promise<string[]> {
  const [name, data, reason] = await redis.hmget(key, 'name', 'data', 'failedReason');
  if (name === 'sweep' && data === '{}') return [];
  return [reason ? `${key}, which failed: ${reason}` : key];
}

/** The jobs that a list of them names, whichever type it has. */
async function members(redis: Redis, key: string, type: string): Promise<string[]> {
  if (type === 'list') return redis.lrange(key, 0, -1);
  if (type === 'zset') return redis.zrange(key, '0', '-1');
  return type === 'set' ? redis.smembers(key) : [];
}
