/**
 * Suites for drivers of the ports of this package: the Limiter and the Gate.
 * @module
 */
export { describeGate } from './describe-gate.ts';
export { describeLimiter } from './describe-limiter.ts';
export type {
  ClosableGate,
  FaultyGateConnection,
  GateCapabilities,
  GateConnectOptions,
  GateHarness,
  GateLook,
  GatePlace,
  GateProcess,
} from './gate-harness.ts';
export type {
  ClosableLimiter,
  FaultyLimiterConnection,
  LimiterCapabilities,
  LimiterConnectOptions,
  LimiterHarness,
  LimiterLook,
  LimiterPlace,
  LimiterProcess,
  LimiterRate,
} from './limiter-harness.ts';
