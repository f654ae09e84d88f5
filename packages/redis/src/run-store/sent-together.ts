/**
 * Commands that go out together: in one write to the connection, where each would be one of its own.
 * @module
 */
import type { Redis } from 'ioredis';
import type { RedisClient } from '../redis-connection.ts';

/** The one connection of a client that is ready; undefined where there are several, or none yet. */
export function streamOf(client: RedisClient): Redis['stream'] | undefined {
  return client.isCluster || client.status !== 'ready' ? undefined : (client as Redis).stream;
}

/** @param send - sends them before it returns. */
export function sentTogether<T>(client: RedisClient, send: () => T): T {
  const stream = streamOf(client);
  stream?.cork();
  try {
    return send();
  } finally {
    stream?.uncork();
  }
}
