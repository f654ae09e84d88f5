import { describeClaims } from '@runafter/claim/conformance';
import { afterAll } from 'vitest';
import { PoolProcesses } from '../claim/pool-processes.ts';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';
import { PoolShelf } from './pool-shelf.ts';
import { ProxyShelf } from './proxy-shelf.ts';

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);
  const proxies = new ProxyShelf(url);
  const stores = new PoolShelf();
  afterAll(async () => {
    await stores.close();
    await proxies.close();
  });

  describeClaims('mssqlPools', {
    async open() {
      await database.empty();
      const processes = new PoolProcesses({ backend: 'mssql', place: { url } });
      return {
        connect: () => stores.take(url),
        async connectFaulty() {
          const proxy = await proxies.take();
          return { store: await stores.take(proxy.url, 9_000), ...faultyNetwork(proxy) };
        },
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          proxies.takeBack();
          stores.takeBack();
        },
      };
    },
    // Who waits asks again and again.
    capabilities: { fifo: false, wakes: false },
    shortestTtl: 12_000,
  });
});
