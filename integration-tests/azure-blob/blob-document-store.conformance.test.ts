import { randomUUID } from 'node:crypto';
import { blobDocumentStore } from '@runafter/azure-blob';
import { describeCreateOnce } from '@runafter/claim/conformance';
import type { DocumentStoreOptions } from '@runafter/optimistic';
import { type DocumentStoreHarness, describeDocumentStore } from '@runafter/optimistic/conformance';
import { onService } from '../services/on-service.ts';
import { type FaultyAccount, faultyAccount } from './faulty-account.ts';

const pageSize = 50;

await onService('azurite', ({ url, container }) => {
  const harness: DocumentStoreHarness = {
    pageSize,
    async open() {
      const prefix = `${randomUUID()}/`;
      const faulty: FaultyAccount[] = [];
      const connect = <T>(connectionString: string, options?: DocumentStoreOptions<T>) =>
        blobDocumentStore<T>({ connectionString, container }, { ...options, prefix, pageSize });
      return {
        connect: async (options) => connect(url, options),
        async connectFaulty(options) {
          const account = await faultyAccount(url);
          faulty.push(account);
          return {
            store: connect(account.connectionString, options),
            loseReply: account.proxy.loseReply,
          };
        },
        async close() {
          await Promise.all(faulty.map(({ proxy }) => proxy.close()));
        },
      };
    },
  };

  describeDocumentStore('blobDocumentStore', harness);
  describeCreateOnce('blobDocumentStore', harness);
});
