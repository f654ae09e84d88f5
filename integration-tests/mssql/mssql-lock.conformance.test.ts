import { describeLock } from '@runafter/lock/conformance';
import { afterAll } from 'vitest';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { LockProcesses } from '../lock/lock-processes.ts';
import { onService } from '../services/on-service.ts';
import { isLockRequest, useDatabase } from './database.ts';
import { LockShelf } from './lock-shelf.ts';
import { ProxyShelf } from './proxy-shelf.ts';

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);
  const locks = new LockShelf();
  const proxies = new ProxyShelf(url);
  afterAll(async () => {
    await locks.close();
    await proxies.close();
  });

  describeLock('mssqlLock', {
    async open() {
      await database.empty();
      const processes = new LockProcesses({ backend: 'mssql', place: { url } });
      return {
        connect: (options) => locks.borrow(url, options),
        async connectFaulty(options) {
          const proxy = await proxies.take();
          const lock = await locks.borrow(proxy.url, options);
          return { lock, ...faultyNetwork(proxy, isLockRequest) };
        },
        breakLease: (name) => database.killHolderOf(name),
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          proxies.takeBack();
          await locks.takeBack();
        },
      };
    },
    // Who waits asks again and again. The server keeps a lock as long as its session is there.
    capabilities: { fifo: false, wakes: false, expiry: false },
    shortestTtl: 5_000,
  });
});
