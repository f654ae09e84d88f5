/**
 * `@runafter/clock/waiting`: what limiters and gates are made of, for a package that makes others wait in its
 * own way.
 *
 * @example
 * import { Heap, Leaving, Pace, permitFor } from '@runafter/clock/waiting';
 * @module
 */
export { Heap, type HeapEntry } from './heap.ts';
export { Leaving } from './leaving.ts';
export { Pace } from './pace.ts';
export { permitFor } from './permit.ts';
