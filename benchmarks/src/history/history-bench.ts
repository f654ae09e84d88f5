/**
 * The history checker of the test kit.
 * @module
 */
import type { Bench } from '../harness/work.ts';
import { checkWorks } from './checks.ts';

export const historyBench: Bench = {
  title: 'history: how long the check for linearizability takes',
  packages: [],
  works: checkWorks,
};
