import { randomUUID } from 'node:crypto';
import { ContainerClient } from '@azure/storage-blob';
import { blobDocumentStore } from '@runafter/azure-blob';
import { documentPools, type PoolDocument } from '@runafter/claim';
import { describeClaims } from '@runafter/claim/conformance';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { PoolProcesses } from '../claim/pool-processes.ts';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { isWrite } from './is-write.ts';

await onService('azurite', ({ url }) => {
  describeClaims('documentPools on blobDocumentStore', {
    async open() {
      const container = `pools-${randomUUID()}`;
      const client = new ContainerClient(url, container);
      const proxies: FaultProxy[] = [];
      const processes = new PoolProcesses({ backend: 'azure-blob', place: { url, container } });
      const connect = (connectionString: string) =>
        documentPools(blobDocumentStore<PoolDocument>({ connectionString, container }));
      return {
        connect: async () => connect(url),
        async connectFaulty() {
          const proxy = await faultProxy({ url });
          proxies.push(proxy);
          return { store: connect(proxy.url), ...faultyNetwork(proxy, isWrite) };
        },
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          await Promise.all(proxies.map((proxy) => proxy.close()));
          await client.deleteIfExists();
        },
      };
    },
    // A blob tells nobody that it was changed: who waits polls.
    capabilities: { fifo: false, wakes: false },
    shortestTtl: 5_000,
  });
});
