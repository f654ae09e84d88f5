import { describeCreateOnce } from '@runafter/claim/conformance';
import type { DocumentStore, DocumentStoreOptions } from '@runafter/optimistic';
import { type DocumentStoreHarness, describeDocumentStore } from '@runafter/optimistic/conformance';
import { redisDocumentStore } from '@runafter/redis';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  const harness: DocumentStoreHarness = {
    pageSize: 500,
    async open() {
      const prefix = server.freshPrefix();
      const stores: DocumentStore<never>[] = [];
      const connect = <T>(url: string, options?: DocumentStoreOptions<T>) => {
        const store = redisDocumentStore<T>(url, { ...options, prefix });
        stores.push(store as DocumentStore<never>);
        return store;
      };
      return {
        connect: async (options) => connect(place.url, options),
        async connectFaulty(options) {
          const proxy = await server.proxy();
          const store = connect(proxy.url, options);
          return { store, loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile) };
        },
        async close() {
          await Promise.all(stores.map((store) => store.close()));
        },
      };
    },
  };

  describeDocumentStore('redisDocumentStore', harness);
  describeCreateOnce('redisDocumentStore', harness);
});
