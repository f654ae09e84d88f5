/**
 * Commands that go out together: those of one tick in one write to the connection, where each would be one of its
 * own. With many runs at a time, writes to the connection cost more than anything else.
 * @module
 */
import { nextTick } from 'node:process';
import type { Redis } from 'ioredis';
import type { RedisClient } from '../redis-connection.ts';

type Stream = Redis['stream'];

/** Those that hold back what is written to them until the end of the tick. */
const holding = new WeakSet<Stream>();

/** The one connection of a client that is ready; undefined where there are several, or none yet. */
export function streamOf(client: RedisClient): Stream | undefined {
  return client.isCluster || client.status !== 'ready' ? undefined : (client as Redis).stream;
}

/** @param send - hands them to the client before it returns. */
export function sentTogether<T>(client: RedisClient, send: () => T): T {
  const stream = streamOf(client);
  if (stream !== undefined && !holding.has(stream)) {
    holding.add(stream);
    stream.cork();
    nextTick(() => {
      holding.delete(stream);
      stream.uncork();
    });
  }
  return send();
}
