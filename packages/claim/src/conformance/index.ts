/**
 * `@runafter/claim/conformance`: what every store of pools must do, and every document store that creates once,
 * as tests for vitest.
 *
 * It needs `vitest` and `fast-check` beside it.
 *
 * @example
 * import { describeClaims, describeCreateOnce } from '@runafter/claim/conformance';
 * @module
 */
export type {
  CreateOnceCapabilities,
  CreateOnceHarness,
  CreateOncePlace,
} from './create-once-harness.ts';
export { describeClaims } from './describe-claims.ts';
export { describeCreateOnce } from './describe-create-once.ts';
export type {
  FaultyPoolConnection,
  PoolCapabilities,
  PoolHarness,
  PoolPlace,
  PoolProcess,
  PoolProcessTask,
} from './pool-harness.ts';
