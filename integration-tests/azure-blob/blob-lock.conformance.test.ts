import { randomUUID } from 'node:crypto';
import { ContainerClient } from '@azure/storage-blob';
import { blobLock } from '@runafter/azure-blob';
import type { Lock } from '@runafter/lock';
import {
  describeLock,
  type LockConnectOptions,
  type LockProcess,
} from '@runafter/lock/conformance';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { startLockProcess } from '../lock/lock-process.ts';
import { onService } from '../services/on-service.ts';

await onService('azurite', ({ url }) => {
  describeLock('blobLock', {
    async open() {
      const container = `locks-${randomUUID()}`;
      const client = new ContainerClient(url, container);
      const locks: Lock[] = [];
      const proxies: FaultProxy[] = [];
      const processes: LockProcess[] = [];
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
          return {
            lock: connect(proxy.url, options),
            loseReply(meanwhile) {
              void proxy.loseNextReply().then(async (lost) => {
                if (lost === undefined || meanwhile === undefined) return;
                proxy.refuse();
                await meanwhile();
                proxy.heal();
              });
            },
            stall: () => proxy.blackHole('toClient'),
            cut() {
              proxy.refuse();
              proxy.cut();
            },
            heal: () => proxy.heal(),
          };
        },
        async breakLease(name) {
          await client.getBlobClient(`locks/${name}.lock`).getBlobLeaseClient().breakLease(0);
        },
        async startProcess(task) {
          const place = { url, container };
          const started = await startLockProcess({ backend: 'azure-blob', place }, task);
          processes.push(started);
          return started;
        },
        async close() {
          await Promise.all(processes.map((process) => process.kill()));
          await Promise.all(locks.map((lock) => lock.close()));
          await Promise.all(proxies.map((proxy) => proxy.close()));
          await client.deleteIfExists();
        },
      };
    },
    // A blob's lease neither tells of a release nor names its holder: who waits polls.
    capabilities: { fifo: false, wakes: false, knowsHolder: false },
    shortestTtl: 15_000,
  });
});
