/**
 * `@runafter/core/conformance`: what every run store must do, as tests for vitest.
 *
 * It needs `vitest` and `fast-check` beside it.
 *
 * @example
 * import { describeRunStore } from '@runafter/core/conformance';
 * @module
 */
export { describeRunStore } from './describe-run-store.ts';
export type {
  RunStoreCapability,
  RunStoreHarness,
  RunStorePlace,
} from './run-store-harness.ts';
