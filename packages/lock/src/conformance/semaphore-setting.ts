/**
 * What a test of the suite of semaphores works with; as setting.ts.
 * @module
 */
import type { Semaphore } from '../semaphore-port.ts';
import type {
  FaultySemaphoreConnection,
  SemaphoreCapabilities,
  SemaphoreConnectOptions,
  SemaphorePlace,
} from './semaphore-harness.ts';

/** Filled anew before each test. */
export interface SemaphoreSetting {
  place: SemaphorePlace;
  readonly capabilities: SemaphoreCapabilities;
  /** Milliseconds. */
  readonly ttl: number;
  /** Of the random tests. */
  readonly seed: number | undefined;
}

/** So many connections, two or more, with the same number of permits. */
export async function semaphores(
  { place }: SemaphoreSetting,
  count: number,
  options: SemaphoreConnectOptions,
): Promise<[Semaphore, Semaphore, ...Semaphore[]]> {
  const opened = Array.from({ length: count }, () => place.connect(options));
  return (await Promise.all(opened)) as [Semaphore, Semaphore, ...Semaphore[]];
}

export function faultySemaphore(
  { place }: SemaphoreSetting,
  options: SemaphoreConnectOptions,
): Promise<FaultySemaphoreConnection> {
  if (place.connectFaulty === undefined) {
    throw new Error('A harness that claims `faults` needs `place.connectFaulty`.');
  }
  return place.connectFaulty(options);
}
