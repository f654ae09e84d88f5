/**
 * What is left in BullMQ's queues, by the keys in Redis: also what no interface of BullMQ would show.
 * @module
 */
import type { Redis } from 'ioredis';
import { queuePrefix } from './task.ts';

/** What a queue without any job may have: facts about itself, its events, and jobs that come again and again. */
const ownKeys: ReadonlySet<string> = new Set([
  ...['meta', 'id', 'events', 'pc', 'marker', 'stalled-check', 'limiter', 'metrics', 'repeat'],
]);

/** Every job, and every list of jobs, that is there; jobs that have ended should be removed. */
export async function leftInQueues(redis: Redis): Promise<string[]> {
  const left: string[] = [];
  for await (const keys of redis.scanStream({ match: `${queuePrefix}:*`, count: 1_000 })) {
    for (const key of keys as string[]) {
      // prefix:queue:what
      const [, , what = ''] = key.split(':');
      if (what === 'delayed') left.push(...(await delayedJobs(redis, key)));
      else if (!ownKeys.has(what)) left.push(key);
    }
  }
  return left;
}

/** The next turn of a job that comes again and again is always there. */
async function delayedJobs(redis: Redis, key: string): Promise<string[]> {
  const jobs = await redis.zrange(key, '0', '-1');
  return jobs.filter((job) => !job.startsWith('repeat:')).map((job) => `${key} ${job}`);
}
