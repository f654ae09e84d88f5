/** Acquires a lock in the database of TEST_POSTGRES_URL, and has nothing else to do. */
import { postgresLock } from '@runafter/postgres';

const lease = await postgresLock(process.env.TEST_POSTGRES_URL ?? '', { ttl: '1s' }).acquire('job');
process.once('exit', () => console.log(`token ${lease.token}`));
