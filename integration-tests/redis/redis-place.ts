/**
 * What the tests of this folder need of Redis: a client to look with, prefixes of their own, ways through a
 * proxy that loses replies, and time that passes.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { Redis } from 'ioredis';
import { afterAll } from 'vitest';

export interface RedisServer {
  readonly client: Redis;
  /** A prefix that nobody has used. */
  freshPrefix(): string;
  /** A proxy in front of the server; closed after the tests. */
  proxy(): Promise<FaultProxy>;
  /** Moves the time at which keys expire; those whose time has come are gone. */
  passTime(prefix: string, ms: number): Promise<void>;
}

/** Declares the hook that closes what was opened. */
export function useRedis(url: string, prefix: string): RedisServer {
  const client = new Redis(url);
  const proxies: FaultProxy[] = [];
  afterAll(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await client.quit();
  });
  return {
    client,
    freshPrefix: () => `${prefix}${randomUUID()}:`,
    async proxy() {
      const proxy = await faultProxy({ url });
      proxies.push(proxy);
      return proxy;
    },
    async passTime(prefix, ms) {
      for (const key of await client.keys(`${prefix}*`)) {
        const left = await client.pttl(key);
        if (left > 0) await client.pexpire(key, Math.max(Math.floor(left - ms), 0));
      }
    },
  };
}
