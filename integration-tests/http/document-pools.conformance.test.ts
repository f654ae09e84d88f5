import { randomUUID } from 'node:crypto';
import { documentPools } from '@runafter/claim';
import { describeClaims } from '@runafter/claim/conformance';
import { httpDocumentStore } from '@runafter/http';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { isWrite } from '../azure-blob/is-write.ts';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { blobResource } from './blob-resource.ts';

const pageSize = 50;

await onService('azurite', ({ url, container }) => {
  describeClaims('documentPools on httpDocumentStore', {
    async open() {
      const prefix = `${randomUUID()}/`;
      const proxies: FaultProxy[] = [];
      const connect = async (connectionString: string) =>
        documentPools(
          httpDocumentStore(await blobResource(connectionString, container, prefix, pageSize)),
        );
      return {
        connect: () => connect(url),
        async connectFaulty() {
          const proxy = await faultProxy({ url });
          proxies.push(proxy);
          return { store: await connect(proxy.url), ...faultyNetwork(proxy, isWrite) };
        },
        async close() {
          await Promise.all(proxies.map((proxy) => proxy.close()));
        },
      };
    },
    // A resource tells nobody that it was changed: who waits polls.
    capabilities: { fifo: false, wakes: false, processes: false },
    shortestTtl: 5_000,
  });
});
