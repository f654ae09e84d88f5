/**
 * The keys that begin with a prefix, found by SCAN, which stops nobody else for long.
 *
 * Invariant: the prefix is data. SCAN takes a pattern, so what means something in one is escaped. SCAN may
 * tell a key twice, and in a cluster a key may move from one server to another: those told are remembered.
 * @module
 */
import type { Cluster, Redis } from 'ioredis';
import type { RedisClient } from './redis-connection.ts';

/** How many keys the server looks at in one step, whether they match or not. */
const step = 500;

/**
 * Pages of keys, each once over all pages, without the prefix.
 *
 * @param prefix - as commands take it: a `keyPrefix` of the client is added.
 */
export async function* keysAfter(client: RedisClient, prefix: string): AsyncGenerator<string[]> {
  // The client puts its keyPrefix before keys, and not before patterns.
  const stored = `${client.options.keyPrefix ?? ''}${prefix}`;
  const pattern = `${escapePattern(stored)}*`;
  const told = new Set<string>();
  for (const server of await serversOf(client)) {
    let cursor = '0';
    do {
      const [next, keys] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', step);
      const fresh = new Set(keys.filter((key) => !told.has(key)));
      for (const key of fresh) told.add(key);
      if (fresh.size > 0) yield [...fresh].map((key) => key.slice(stored.length));
      cursor = next;
    } while (cursor !== '0');
  }
}

/** A pattern that only this text matches. */
export function escapePattern(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, '\\$&');
}

async function serversOf(client: RedisClient): Promise<Redis[]> {
  if (!client.isCluster) return [client as Redis];
  // A cluster that is not connected yet knows of no servers, and would list nothing.
  if (client.status !== 'ready') await client.ping();
  return (client as Cluster).nodes('master');
}
