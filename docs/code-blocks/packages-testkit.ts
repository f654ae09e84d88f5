/** Names that the page imports in words, and a counter under test. */
import type { AtomicCounter } from '@runafter/counter';

export { faultProxy } from '@runafter/testkit';
export { Redis } from 'ioredis';
export declare const counter: AtomicCounter;
