import type { PoolStore } from '@runafter/claim';
import { describeClaims } from '@runafter/claim/conformance';
import { redisPools } from '@runafter/redis';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  describeClaims('redisPools', {
    async open() {
      const prefix = server.freshPrefix();
      const stores: PoolStore[] = [];
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
        async close() {
          await Promise.all(stores.map((store) => store.close()));
        },
      };
    },
    capabilities: { processes: false },
  });
});
