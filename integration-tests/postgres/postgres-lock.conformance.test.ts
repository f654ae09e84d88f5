import type { Lock } from '@runafter/lock';
import { describeLock, type LockConnectOptions } from '@runafter/lock/conformance';
import { postgresLock } from '@runafter/postgres';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { LockProcesses } from '../lock/lock-processes.ts';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

await onService('postgres', ({ url }) => {
  const database = useDatabase(url);

  describeLock('postgresLock', {
    async open() {
      await database.empty();
      const locks: Lock[] = [];
      const processes = new LockProcesses({ backend: 'postgres', place: { url } });
      const connect = (address: string, options?: LockConnectOptions) => {
        const lock = postgresLock(address, options);
        locks.push(lock);
        return lock;
      };
      return {
        connect: async (options) => connect(url, options),
        async connectFaulty(options) {
          const proxy = await database.proxy();
          return { lock: connect(proxy.url, options), ...faultyNetwork(proxy) };
        },
        async breakLease(name) {
          await database.pool.query('UPDATE runafter.locks SET owner = NULL WHERE name = $1', [
            name,
          ]);
        },
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          await Promise.all(locks.map((lock) => lock.close()));
        },
      };
    },
    // Who waits asks as soon as it is told, and the first one to ask is granted it.
    capabilities: { fifo: false },
  });
});
