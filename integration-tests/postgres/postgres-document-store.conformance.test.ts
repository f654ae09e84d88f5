import { describeCreateOnce } from '@runafter/claim/conformance';
import type { DocumentStore, DocumentStoreOptions } from '@runafter/optimistic';
import { type DocumentStoreHarness, describeDocumentStore } from '@runafter/optimistic/conformance';
import { postgresDocumentStore } from '@runafter/postgres';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { useDatabase } from './database.ts';

const pageSize = 50;

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  const harness: DocumentStoreHarness = {
    pageSize,
    async open() {
      await database.empty();
      const stores: DocumentStore<never>[] = [];
      const connect = <T>(address: string, options?: DocumentStoreOptions<T>) => {
        const store = postgresDocumentStore<T>(address, { ...options, pageSize });
        stores.push(store as DocumentStore<never>);
        return store;
      };
      return {
        connect: async (options) => connect(url, options),
        async connectFaulty(options) {
          const proxy = await database.proxy();
          const store = connect(proxy.url, options);
          return { store, loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile) };
        },
        async close() {
          await Promise.all(stores.map((store) => store.close()));
        },
      };
    },
  };

  describeDocumentStore('postgresDocumentStore', harness);
  describeCreateOnce('postgresDocumentStore', harness);
});
