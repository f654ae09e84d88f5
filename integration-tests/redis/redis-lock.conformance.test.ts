import type { Lock } from '@runafter/lock';
import { describeLock, type LockConnectOptions } from '@runafter/lock/conformance';
import { redisLock } from '@runafter/redis';
import { startLockProcess } from '../lock/lock-process.ts';
import { onService } from '../services/on-service.ts';
import { faultyNetwork } from './faulty-network.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  describeLock('redisLock', {
    async open() {
      const prefix = server.freshPrefix();
      const locks: Lock[] = [];
      const connect = (url: string, options?: LockConnectOptions) => {
        const lock = redisLock(url, { ...options, prefix });
        locks.push(lock);
        return lock;
      };
      return {
        connect: async (options) => connect(place.url, options),
        async connectFaulty(options) {
          const proxy = await server.proxy();
          return { lock: connect(proxy.url, options), ...faultyNetwork(proxy) };
        },
        async breakLease(name) {
          await server.client.del(`${prefix}lock:{${name}}`);
        },
        startProcess: (task) =>
          startLockProcess({ backend: 'redis', place: { ...place, prefix } }, task),
        async close() {
          await Promise.all(locks.map((lock) => lock.close()));
        },
      };
    },
  });
});
