import type { Lock } from '@runafter/lock';
import { describeLock, type LockConnectOptions } from '@runafter/lock/conformance';
import { mssqlLock } from '@runafter/mssql';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { afterAll } from 'vitest';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { LockProcesses } from '../lock/lock-processes.ts';
import { onService } from '../services/on-service.ts';
import { isLockRequest, useDatabase } from './database.ts';
import { LockShelf } from './lock-shelf.ts';

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);
  const shelf = new LockShelf((options) => mssqlLock(url, options));
  afterAll(() => shelf.close());

  describeLock('mssqlLock', {
    async open() {
      await database.empty();
      const locks: Lock[] = [];
      const proxies: FaultProxy[] = [];
      const processes = new LockProcesses({ backend: 'mssql', place: { url } });
      const open = (address: string, options?: LockConnectOptions) => {
        const lock = mssqlLock(address, options);
        locks.push(lock);
        return withSession(lock);
      };
      return {
        connect: async (options) =>
          options?.tokens ? await open(url, options) : await withSession(shelf.borrow(options)),
        async connectFaulty(options) {
          // One for each, since tests that are played side by side must not cut each other off.
          const proxy = await faultProxy({ url });
          proxies.push(proxy);
          const lock = await open(proxy.url, options);
          return { lock, ...faultyNetwork(proxy, isLockRequest) };
        },
        breakLease: (name) => database.killHolderOf(name),
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          await Promise.all(locks.map((lock) => lock.close()));
          await shelf.takeBack();
          await Promise.all(proxies.map((proxy) => proxy.close()));
        },
      };
    },
    // Who waits asks again and again. The server keeps a lock as long as its session is there.
    capabilities: { fifo: false, wakes: false, expiry: false },
    shortestTtl: 5_000,
  });
});

/** Babelfish takes longer to open one than some of the tests wait. */
async function withSession(lock: Lock): Promise<Lock> {
  await (await lock.tryAcquire('session'))?.release();
  return lock;
}
