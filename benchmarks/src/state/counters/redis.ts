/**
 * Redis: INCRBY, and a script that looks for the id first.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { placeIn } from '../../harness/bench-places.ts';
import { inCounter, inCounterOnce, newId } from '../tallies.ts';
import { type OpenTallies, tallyOf } from '../tally.ts';
import type { Contest } from './contest.ts';

const aDay = 86_400_000;

const script = `
if redis.call('SET', KEYS[2], '', 'NX', 'PX', ARGV[1]) then return redis.call('INCRBY', KEYS[1], 1) end
return redis.call('GET', KEYS[1])`;

async function openCounter() {
  const { redisCounter } = await import('@runafter/redis');
  const { url, prefix } = placeIn('redis');
  return redisCounter(url, { prefix });
}

/** @param counted - one addition by this client. */
function raw(add: (client: RawClient, key: string) => Promise<unknown>): OpenTallies {
  return async (clients, cleanup) => {
    const { Redis } = await import('ioredis');
    const { url, prefix } = placeIn('redis');
    const key = `${prefix}raw:${randomUUID()}`;
    return Array.from({ length: clients }, () => {
      const client = new Redis(url, { scripts: { addOnce: { lua: script, numberOfKeys: 2 } } });
      cleanup.defer(async () => void (await client.quit()));
      return tallyOf(
        () => add(client as RawClient, key),
        async () => Number(await client.get(key)),
      );
    });
  };
}

export const redis: Contest = {
  backend: 'Redis',
  needs: 'redis',
  target: 1.25,
  additions: 100,
  plain: {
    ours: inCounter(openCounter),
    peer: 'INCRBY',
    theirs: raw((client, key) => client.incrby(key, 1)),
  },
  once: {
    ours: inCounterOnce(openCounter),
    peer: 'script, SET NX and INCRBY',
    theirs: raw((client, key) => client.addOnce(key, `${key}:${newId()}`, aDay)),
  },
};

type RawClient = import('ioredis').Redis & {
  addOnce(key: string, idKey: string, keptFor: number): Promise<unknown>;
};
