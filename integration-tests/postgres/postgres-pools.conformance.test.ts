import type { PoolStore } from '@runafter/claim';
import { describeClaims } from '@runafter/claim/conformance';
import { postgresPools } from '@runafter/postgres';
import { PoolProcesses } from '../claim/pool-processes.ts';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  describeClaims('postgresPools', {
    async open() {
      await database.empty();
      const stores: PoolStore[] = [];
      const processes = new PoolProcesses({ backend: 'postgres', place: { url } });
      const connect = (address: string) => {
        const store = postgresPools(address);
        stores.push(store);
        return store;
      };
      return {
        connect: async () => connect(url),
        async connectFaulty() {
          const proxy = await database.proxy();
          return { store: connect(proxy.url), ...faultyNetwork(proxy) };
        },
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          await Promise.all(stores.map((store) => store.close()));
        },
      };
    },
    // Who waits asks as soon as it is told, and the first one to ask is given it.
    capabilities: { fifo: false },
  });
});
