import type { Lock } from '@runafter/lock';
import {
  describeLock,
  type LockConnectOptions,
  type LockProcess,
} from '@runafter/lock/conformance';
import { postgresLock } from '@runafter/postgres';
import { startLockProcess } from '../lock/lock-process.ts';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough, useDatabase } from './database.ts';

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  describeLock('postgresLock', {
    async open() {
      await database.empty();
      const locks: Lock[] = [];
      const processes: LockProcess[] = [];
      const connect = (address: string, options?: LockConnectOptions) => {
        const lock = postgresLock(address, options);
        locks.push(lock);
        return lock;
      };
      return {
        connect: async (options) => connect(url, options),
        async connectFaulty(options) {
          const proxy = await database.proxy();
          return {
            lock: connect(proxy.url, options),
            loseReply: (meanwhile) => loseReplyThrough(proxy, meanwhile),
            stall: () => proxy.blackHole('toClient'),
            cut() {
              proxy.refuse();
              proxy.cut();
            },
            heal: () => proxy.heal(),
          };
        },
        async breakLease(name) {
          await database.pool.query('UPDATE runafter.locks SET owner = NULL WHERE name = $1', [
            name,
          ]);
        },
        async startProcess(task) {
          const started = await startLockProcess({ backend: 'postgres', place: { url } }, task);
          processes.push(started);
          return started;
        },
        async close() {
          await Promise.all(processes.map((process) => process.kill()));
          await Promise.all(locks.map((lock) => lock.close()));
        },
      };
    },
    // Who waits asks as soon as it is told, and the first one to ask is granted it.
    capabilities: { fifo: false },
  });
});
