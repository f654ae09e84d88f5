/**
 * Durable runs: what a store costs, what a restart costs, and how large a database gets.
 * @module
 */
import type { Bench } from '../harness/work.ts';
import { databaseSizeWorks } from './database-size.ts';
import { durableDagWorks } from './durable-dag.ts';
import { durableLoopWorks } from './durable-loop.ts';
import { outcomeWorks } from './outcomes.ts';
import { resumingWorks } from './resuming.ts';

export const durableBench: Bench = {
  title: 'durable: outcomes that survive, and going on after a restart',
  packages: ['sqlite'],
  works: [
    ...outcomeWorks,
    ...durableDagWorks,
    ...durableLoopWorks,
    ...resumingWorks,
    ...databaseSizeWorks,
  ],
};
