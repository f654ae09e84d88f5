import type { Lock } from '@runafter/lock';
import { describeLock, type LockConnectOptions } from '@runafter/lock/conformance';
import { redisLock } from '@runafter/redis';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { LockProcesses } from '../lock/lock-processes.ts';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  describeLock('redisLock', {
    async open() {
      const prefix = server.freshPrefix();
      const locks: Lock[] = [];
      const processes = new LockProcesses({ backend: 'redis', place: { ...place, prefix } });
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
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          await Promise.all(locks.map((lock) => lock.close()));
        },
      };
    },
  });
});
