/**
 * Runs over many processes: what they cost next to BullMQ by itself, which delivers their work.
 * @module
 */
import type { Bench } from '../harness/work.ts';
import { dagWorks } from './dag-of-five.ts';
import { hopWorks } from './hops.ts';
import { loopWork } from './loop.ts';
import { storeWorks } from './store-duels.ts';

export const distributedBench: Bench = {
  title: `distributed: runs over processes of this machine, next to BullMQ's own flows and jobs`,
  packages: ['bullmq', 'ioredis', 'pg', 'sqlite'],
  works: [...dagWorks, ...hopWorks, loopWork, ...storeWorks],
};
