import type { PoolStore } from '@runafter/claim';
import { describeClaims } from '@runafter/claim/conformance';
import { redisPools } from '@runafter/redis';
import { PoolProcesses } from '../claim/pool-processes.ts';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  describeClaims('redisPools', {
    async open() {
      const prefix = server.freshPrefix();
      const stores: PoolStore[] = [];
      const processes = new PoolProcesses({ backend: 'redis', place: { ...place, prefix } });
      const connect = (url: string) => {
        const store = redisPools(url, { prefix });
        stores.push(store);
        return store;
      };
      return {
        connect: async () => connect(place.url),
        async connectFaulty() {
          const proxy = await server.proxy();
          return { store: connect(proxy.url), ...faultyNetwork(proxy) };
        },
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          await Promise.all(stores.map((store) => store.close()));
        },
      };
    },
  });
});
