/**
 * The Redis of a distributed batch: one that was named, or a server of its own.
 *
 * Invariant: nothing of the batch is left behind. A server of its own ends, also when this process is killed;
 * from one that was named, the keys of the batch are deleted.
 * @module
 */
import { freePort, startLocalProcess } from 'integration-tests/local-process';
import { Redis } from 'ioredis';

/** The environment variable that names a Redis. */
export const redisVariable = 'REDIS_URL';

/** Where the processes of a batch meet; it goes through JSON to each of them. */
export interface RedisPlace {
  readonly url: string;
  /** What every key of the batch begins with. */
  readonly prefix: string;
}

/** There is no Redis that could be used. */
export class RedisMissingError extends Error {
  override readonly name = 'RedisMissingError';
}

/** A place that is there until it is disposed. */
export interface OpenRedisPlace extends AsyncDisposable {
  readonly place: RedisPlace;
}

/**
 * @param url - the server to use; undefined or empty to start one from the PATH.
 * @param folder - where a server of its own may write.
 * @param prefix - what every key of the batch begins with.
 * @throws {RedisMissingError}
 */
export async function openRedisPlace(
  url: string | undefined,
  folder: string,
  prefix: string,
): Promise<OpenRedisPlace> {
  if (url) {
    await ping(url);
    return {
      place: { url, prefix },
      [Symbol.asyncDispose]: () => removeKeys({ url, prefix }),
    };
  }
  const server = await startServer(folder);
  return {
    place: { url: server.url, prefix },
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

async function startServer(folder: string) {
  const port = await freePort();
  try {
    return await startLocalProcess({
      url: `redis://127.0.0.1:${port}`,
      command: [
        ...['redis-server', '--port', `${port}`, '--bind', '127.0.0.1'],
        // The batch ends with the server, so nothing needs to be kept.
        ...['--dir', folder, '--save', '', '--appendonly', 'no'],
      ],
      ready: /Ready to accept connections/,
    });
  } catch (cause) {
    throw new RedisMissingError(
      `There is no Redis to meet in: ${(cause as Error).message}. Install redis-server (the Debian package ` +
        `of that name has it), or name a server: ${redisVariable}=redis://localhost:6379.`,
      { cause },
    );
  }
}

/** Once, and at once: who has named a server wants to know that it is not there. */
async function ping(url: string): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: null });
  let fault: Error | undefined;
  client.on('error', (error) => {
    fault = error;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (cause) {
    // The URL is not repeated: there may be a password in it.
    throw new RedisMissingError(
      `The Redis that ${redisVariable} names does not answer: ${(fault ?? (cause as Error)).message}. ` +
        'Start it, or leave the variable out, and the example starts a server of its own.',
      { cause },
    );
  } finally {
    client.disconnect();
  }
}

async function removeKeys({ url, prefix }: RedisPlace): Promise<void> {
  const client = new Redis(url);
  try {
    for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if (keys.length > 0) await client.unlink(...keys);
    }
  } finally {
    client.disconnect();
  }
}
