/**
 * Locks and semaphores: what they cost next to raw calls, and next to the packages that people use.
 * @module
 */
import type { Bench } from '../harness/work.ts';
import { blob } from './backends/blob.ts';
import { memory } from './backends/memory.ts';
import { mssql } from './backends/mssql.ts';
import { postgres } from './backends/postgres.ts';
import { redis } from './backends/redis.ts';
import { sqlite } from './backends/sqlite.ts';
import { blobCrowdWorks } from './blob-crowd.ts';
import { contendedWorks } from './contended.ts';
import { handOver } from './hand-over.ts';
import { permitWorks } from './permits.ts';
import { uncontended } from './uncontended.ts';

const backends = [redis, postgres, mssql, sqlite, blob, memory];

export const lockBench: Bench = {
  title: 'lock: locks and semaphores, next to raw calls and to packages for Redis',
  packages: [
    ...['ioredis', '@sesamecare-oss/redlock', 'redis-semaphore', 'pg', 'mssql', 'sqlite'],
    ...['@azure/storage-blob', 'async-mutex'],
  ],
  works: [
    ...backends.map(uncontended),
    ...permitWorks,
    ...contendedWorks,
    ...backends.map(handOver),
    ...blobCrowdWorks,
  ],
};
