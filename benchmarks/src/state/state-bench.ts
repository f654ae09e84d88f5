/**
 * Shared state on real services: updates that many make at once, and counters.
 * @module
 */
import type { Bench } from '../harness/work.ts';
import { contendedBlobWorks } from './contended-blob.ts';
import { counterWorks } from './counters/counter-works.ts';
import { memoryUpdateWorks } from './memory-updates.ts';
import { shardingWorks } from './sharding.ts';
import { sqlWriterWorks } from './sql-writers.ts';

export const stateBench: Bench = {
  title: 'state: updates and counters, next to what is written by hand with the same clients',
  packages: ['@azure/storage-blob', 'ioredis', 'pg', 'mssql', 'sqlite'],
  works: [
    ...contendedBlobWorks,
    ...shardingWorks,
    ...sqlWriterWorks,
    ...counterWorks,
    ...memoryUpdateWorks,
  ],
};
