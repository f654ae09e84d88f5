import { randomUUID } from 'node:crypto';
import { describeCreateOnce } from '@runafter/claim/conformance';
import { httpDocumentStore } from '@runafter/http';
import { type DocumentStoreHarness, describeDocumentStore } from '@runafter/optimistic/conformance';
import { faultyAccount } from '../azure-blob/faulty-account.ts';
import { onService } from '../services/on-service.ts';
import { blobResource } from './blob-resource.ts';
import type { RecordingProxy } from './recording-proxy.ts';

const pageSize = 50;

await onService('azurite', ({ url, container }) => {
  const harness: DocumentStoreHarness = {
    pageSize,
    capabilities: { fences: false, writeIds: false },
    async open() {
      const prefix = `${randomUUID()}/`;
      const proxies: RecordingProxy[] = [];
      return {
        async connect(options) {
          return httpDocumentStore(await blobResource(url, container, prefix, pageSize), options);
        },
        async connectFaulty(options) {
          const { connectionString, proxy } = await faultyAccount(url);
          proxies.push(proxy);
          const resource = await blobResource(connectionString, container, prefix, pageSize);
          return { store: httpDocumentStore(resource, options), loseReply: proxy.loseReply };
        },
        async close() {
          await Promise.all(proxies.map((proxy) => proxy.close()));
        },
      };
    },
  };

  describeDocumentStore('httpDocumentStore', harness);
  describeCreateOnce('httpDocumentStore', harness);
});
