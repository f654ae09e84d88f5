/**
 * `@runafter/claim/conformance`: what every store of pools must do, and every document store that creates once,
 * as tests for vitest.
 *
 * It needs `vitest` and `fast-check` beside it.
 *
 * @example
 * import { describeClaims } from '@runafter/claim/conformance';
 * @module
 */
export { describeClaims } from './describe-claims.ts';
export type {
  FaultyPoolConnection,
  PoolCapabilities,
  PoolHarness,
  PoolPlace,
  PoolProcess,
  PoolProcessTask,
} from './pool-harness.ts';
