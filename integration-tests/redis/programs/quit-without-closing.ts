/** Waits for a lock in vain, quits its client, forgets to close the lock, and has nothing else to do. */
import { redisLock } from '@runafter/redis';
import { Redis } from 'ioredis';

const [url = '', prefix = ''] = process.argv.slice(2);
const client = new Redis(url);
const holder = redisLock(client, { prefix });
const lock = redisLock(client, { prefix, poll: '100ms' });
const lease = await holder.acquire('a');
await lock.acquire('a', { wait: '1s' }).catch(({ code }) => console.log(code));
await lease.release();
await client.quit();
console.log('quit');
