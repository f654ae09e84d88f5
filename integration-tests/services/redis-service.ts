/**
 * Redis, for tests. A file's own place in it is a prefix of keys.
 * @module
 */

import { startContainer } from './containers.ts';
import { freePort, startLocalProcess } from './local-process.ts';
import type { ServiceKind } from './service-kind.ts';

/** A part of a Redis server. */
export interface RedisPlace {
  /** Such as `redis://127.0.0.1:6379`. */
  readonly url: string;
  /** Begin every key with it: such keys are deleted after the file. */
  readonly prefix: string;
}

export const redis: ServiceKind<RedisPlace> = {
  title: 'Redis',
  urlVariable: 'TEST_REDIS_URL',
  imageVariable: 'TEST_REDIS_IMAGE',
  image: 'redis:8-alpine',

  async startContainer(image) {
    const { RedisContainer } = await import('@testcontainers/redis');
    return startContainer(new RedisContainer(image), (started) => started.getConnectionUrl());
  },

  async startLocally() {
    const port = await freePort();
    return startLocalProcess({
      url: `redis://127.0.0.1:${port}`,
      // Nothing is kept: no snapshots, no log of commands.
      command: ['redis-server', '--port', `${port}`, '--bind', '127.0.0.1', '--save', ''],
      ready: /Ready to accept connections/,
      install: 'the Debian package redis-server has it',
    });
  },

  ownPlace(url, name) {
    const prefix = `${name}:`;
    return {
      place: { url, prefix },
      make: async () => {},
      async remove() {
        const { Redis } = await import('ioredis');
        const client = new Redis(url);
        try {
          for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
            if (keys.length > 0) await client.unlink(...keys);
          }
        } finally {
          client.disconnect();
        }
      },
    };
  },
};
