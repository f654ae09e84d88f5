/** Waits for a lock in the database of TEST_POSTGRES_URL, so that it listens, and closes what it has. */
import { postgresLock } from '@runafter/postgres';

const url = process.env.TEST_POSTGRES_URL ?? '';
const [holder, waiter] = [postgresLock(url), postgresLock(url, { poll: '100ms' })] as const;
const lease = await holder.acquire('job');
const waiting = waiter.acquire('job');
await waiter.acquire('job', { wait: '200ms' }).catch(() => {});
await lease.release();
await (await waiting).release();
await waiter.close();
await holder.close();
console.log('closed');
