/**
 * A program that is started by process-exit.test.ts: it does what its argument says, and then only has to end by
 * itself.
 * @module
 */
import { memoryDocumentStore } from '@runafter/optimistic';
import {
  type Creation,
  createOnce,
  documentPools,
  memoryPools,
  type PoolDocument,
  pool,
} from '../src/index.ts';

const kept: unknown[] = [];
const never = () => new Promise<never>(() => {});

const tasks: Record<string, () => Promise<void>> = {
  /** The lease is never released, and its renewals go on as long as the process does. */
  async hold() {
    for (const store of [memoryPools(), documentPools(memoryDocumentStore<PoolDocument>())]) {
      const claims = pool(store, 'pool', ['a', 'b']);
      kept.push(await claims.claim({ mode: 'lease', ttl: '90ms' }));
      kept.push(await claims.claim({ mode: 'assign', once: 'hire-1' }));
    }
  },
  async leave() {
    const claims = pool(memoryPools(), 'pool', ['a']);
    kept.push(await claims.claim({ mode: 'lease', ttl: '1h' }));
    await claims.claim({ mode: 'lease', wait: 20 }).catch(() => {});
    const signal = AbortSignal.timeout(20);
    await claims.claim({ mode: 'assign', once: 'a', wait: '1h', signal }).catch(() => {});
    const waiting = claims.claim({ mode: 'lease', wait: '1h' }).catch(() => {});
    await claims.close();
    await waiting;
  },
  /** What is being made waits for nothing that would keep the process alive. */
  async make() {
    const store = memoryDocumentStore<Creation<string>>();
    kept.push(createOnce(store, 'a', never, { ttl: '90ms' }));
    await createOnce(store, 'a', () => 'a', { wait: 20 }).catch(() => {});
    kept.push(createOnce(store, 'b', never, { signal: AbortSignal.timeout(20) }).catch(() => {}));
    await createOnce(store, 'c', () => 'c');
  },
};

await tasks[process.argv[2] ?? '']?.();
console.log('done');
