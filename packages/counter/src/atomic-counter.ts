import type { Clock, Duration } from '@runafter/clock';
import type { CounterDriver } from './counter-driver.ts';
import type { AtomicCounter } from './counter-port.ts';

export interface AtomicCounterOptions {
  readonly keepIds?: Duration | undefined;
  readonly clock?: Clock | undefined;
}

export function atomicCounter(
  _driver: CounterDriver,
  _options: AtomicCounterOptions = {},
): AtomicCounter {
  throw new Error('being written');
}
