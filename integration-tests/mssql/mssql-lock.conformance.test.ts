import type { Lock } from '@runafter/lock';
import {
  describeLock,
  type LockConnectOptions,
  type LockProcess,
} from '@runafter/lock/conformance';
import { mssqlLock } from '@runafter/mssql';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { startLockProcess } from '../lock/lock-process.ts';
import { onService } from '../services/on-service.ts';
import { isLockRequest, loseReplyThrough, useDatabase } from './database.ts';

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);

  describeLock('mssqlLock', {
    async open() {
      const locks: Lock[] = [];
      const processes: LockProcess[] = [];
      const proxies: FaultProxy[] = [];
      // With its session, which takes Babelfish longer than some of the tests wait.
      const connect = async (address: string, options?: LockConnectOptions) => {
        const lock = mssqlLock(address, options);
        locks.push(lock);
        await (await lock.tryAcquire('session'))?.release();
        return lock;
      };
      return {
        connect: (options) => connect(url, options),
        async connectFaulty(options) {
          // One for each, since tests that are played side by side must not cut each other off.
          const proxy = await faultProxy({ url });
          proxies.push(proxy);
          return {
            lock: await connect(proxy.url, options),
            loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile, isLockRequest),
            stall: () => proxy.blackHole('toClient'),
            cut() {
              proxy.refuse();
              proxy.cut();
            },
            heal: () => proxy.heal(),
          };
        },
        breakLease: (name) => database.killHolderOf(name),
        async startProcess(task) {
          const started = await startLockProcess({ backend: 'mssql', place: { url } }, task);
          processes.push(started);
          return started;
        },
        async close() {
          await Promise.all(processes.map((process) => process.kill()));
          await Promise.all(locks.map((lock) => lock.close()));
          await Promise.all(proxies.map((proxy) => proxy.close()));
        },
      };
    },
    // Who waits asks again and again. The server keeps a lock as long as its session is there.
    capabilities: { fifo: false, wakes: false, expiry: false },
    shortestTtl: 5_000,
  });
});
