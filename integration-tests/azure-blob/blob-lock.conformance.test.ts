import { randomUUID } from 'node:crypto';
import { ContainerClient } from '@azure/storage-blob';
import { blobLock } from '@runafter/azure-blob';
import type { Lock } from '@runafter/lock';
import { describeLock, type LockConnectOptions } from '@runafter/lock/conformance';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { faultyNetwork } from '../lock/faulty-network.ts';
import { LockProcesses } from '../lock/lock-processes.ts';
import { onService } from '../services/on-service.ts';

await onService('azurite', ({ url }) => {
  describeLock('blobLock', {
    async open() {
      const container = `locks-${randomUUID()}`;
      const client = new ContainerClient(url, container);
      const locks: Lock[] = [];
      const proxies: FaultProxy[] = [];
      const processes = new LockProcesses({ backend: 'azure-blob', place: { url, container } });
      const connect = (connectionString: string, options?: LockConnectOptions) => {
        const lock = blobLock({ connectionString, container }, options);
        locks.push(lock);
        return lock;
      };
      return {
        connect: async (options) => connect(url, options),
        async connectFaulty(options) {
          const proxy = await faultProxy({ url });
          proxies.push(proxy);
          return { lock: connect(proxy.url, options), ...faultyNetwork(proxy) };
        },
        async breakLease(name) {
          await client.getBlobClient(`locks/${name}.lock`).getBlobLeaseClient().breakLease(0);
        },
        startProcess: (task) => processes.start(task),
        async close() {
          await processes.kill();
          await Promise.all(locks.map((lock) => lock.close()));
          await Promise.all(proxies.map((proxy) => proxy.close()));
          await client.deleteIfExists();
        },
      };
    },
    // A blob's lease tells nobody of a release: who waits polls.
    capabilities: { fifo: false, wakes: false },
    shortestTtl: 15_000,
  });
});
