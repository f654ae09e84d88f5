import { randomUUID } from 'node:crypto';
import { describeCreateOnce } from '@runafter/claim/conformance';
import { mssqlDocumentStore } from '@runafter/mssql';
import type { DocumentStoreOptions } from '@runafter/optimistic';
import { type DocumentStoreHarness, describeDocumentStore } from '@runafter/optimistic/conformance';
import type { ConnectionPool } from 'mssql';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { useDatabase } from './database.ts';

const pageSize = 50;

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);

  const harness: DocumentStoreHarness = {
    pageSize,
    async open() {
      const collection = randomUUID();
      let connections = 0;
      const storeOn = <T>(pool: ConnectionPool, options?: DocumentStoreOptions<T>) =>
        mssqlDocumentStore<T>(pool, { ...options, collection, pageSize });
      return {
        connect: async (options) => storeOn(await database.poolOf(connections++), options),
        async connectFaulty(options) {
          const { pool, proxy } = await database.faulty();
          return {
            store: storeOn(pool, options),
            loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile),
          };
        },
        close: async () => {},
      };
    },
  };

  describeDocumentStore('mssqlDocumentStore', harness);
  describeCreateOnce('mssqlDocumentStore', harness);
});
