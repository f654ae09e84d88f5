/**
 * Queues and gates: how fair they are, how much memory they need, what they cost.
 * @module
 */
import type { Bench } from '../harness/work.ts';
import { fairnessWorks } from './fairness.ts';
import { gateOverheadWork } from './gate-overhead.ts';
import { queueOverheadWork } from './queue-overhead.ts';

export const admissionBench: Bench = {
  title: 'admission: how fair a queue is, and what it costs',
  packages: ['async', 'p-limit'],
  works: [...fairnessWorks, queueOverheadWork, gateOverheadWork],
};
