/**
 * A program that is started by process-exit.test.ts: it does what its argument says with a lock, and then
 * only has to end by itself.
 * @module
 */
import { type Lease, memoryLock, memorySemaphore } from '../src/index.ts';

const kept: unknown[] = [];

const tasks: Record<string, () => Promise<void>> = {
  /** The lease is never released, and its renewals go on as long as the process does. */
  async hold() {
    kept.push(await memoryLock({ ttl: '90ms' }).acquire('name'));
  },
  async lose() {
    const lease: Lease = await memoryLock({ ttl: '1h' }).acquire('name');
    kept.push(lease, lease.signal);
  },
  async close() {
    const lock = memoryLock();
    const semaphore = memorySemaphore({ permits: 2 });
    kept.push(await lock.acquire('name'), await semaphore.acquire('name'));
    const waiting = lock.acquire('name', { wait: '1h' }).catch(() => {});
    await Promise.all([lock.close(), semaphore.close(), waiting]);
  },
  async leave() {
    const lock = memoryLock();
    kept.push(await lock.acquire('name'));
    await lock.acquire('name', { wait: 20 }).catch(() => {});
    const signal = AbortSignal.timeout(20);
    await lock.acquire('name', { wait: '1h', signal }).catch(() => {});
  },
};

await tasks[process.argv[2] ?? '']?.();
console.log('done');
