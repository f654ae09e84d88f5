import type { RunStore } from '@runafter/core';
import { describeRunStore } from '@runafter/core/conformance';
import { redisRunStore } from '@runafter/redis';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  describeRunStore('redisRunStore', {
    async open() {
      const prefix = server.freshPrefix();
      const stores: RunStore[] = [];
      return {
        async connect() {
          const store = redisRunStore(place.url, { prefix });
          stores.push(store);
          return store;
        },
        /** Leases go by the server's clock, which cannot be set: so their ends are moved back. */
        async passTime(ms) {
          for (const key of await server.client.keys(`${prefix}runs:{*}:run:*`)) {
            const isHeld = await server.client.hexists(key, 'expiresAt');
            if (isHeld) await server.client.hincrby(key, 'expiresAt', -ms);
          }
        },
        async close() {
          await Promise.all(stores.map((store) => store.close()));
        },
      };
    },
  });
});
