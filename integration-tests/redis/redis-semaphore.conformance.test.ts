import type { Semaphore } from '@runafter/lock';
import { describeSemaphore, type SemaphoreConnectOptions } from '@runafter/lock/conformance';
import { redisSemaphore } from '@runafter/redis';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  describeSemaphore('redisSemaphore', {
    async open() {
      const prefix = server.freshPrefix();
      const semaphores: Semaphore[] = [];
      const connect = (url: string, options: SemaphoreConnectOptions) => {
        const semaphore = redisSemaphore(url, { ...options, prefix });
        semaphores.push(semaphore);
        return semaphore;
      };
      return {
        connect: async (options) => connect(place.url, options),
        async connectFaulty(options) {
          const proxy = await server.proxy();
          return { semaphore: connect(proxy.url, options), ...faultyNetwork(proxy) };
        },
        async breakLease(name) {
          await server.client.del(`${prefix}semaphore:{${name}}`);
        },
        async close() {
          await Promise.all(semaphores.map((semaphore) => semaphore.close()));
        },
      };
    },
  });
});
