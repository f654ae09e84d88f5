/**
 * `@runafter/counter/conformance`: what every counter must do, as tests for vitest.
 *
 * It needs `vitest` and `fast-check` beside it.
 *
 * @example
 * import { describeCounter } from '@runafter/counter/conformance';
 * @module
 */
export type {
  CounterCapabilities,
  CounterConnectOptions,
  CounterHarness,
  CounterPlace,
  FaultyCounterConnection,
} from './counter-harness.ts';
export { describeCounter } from './describe-counter.ts';
