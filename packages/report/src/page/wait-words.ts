/**
 * What was waited for, in words.
 * @module
 */
import type { WaitView } from '../view/run-view.ts';

export const waitWords: Readonly<Record<WaitView['for'], string>> = {
  queue: 'Ready, but not started',
  retry: 'Between attempts',
  throttle: 'For a limiter',
  lock: 'For a lock',
  claim: 'For a resource of a pool',
  gate: 'For a gate',
  conflict: 'After a write conflict',
};
