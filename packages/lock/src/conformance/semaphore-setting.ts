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

/** So many connections with the same number of permits. */
export async function semaphores(
  { place }: SemaphoreSetting,
  count: number,
  options: SemaphoreConnectOptions,
): Promise<[Semaphore, ...Semaphore[]]> {
  const [first, ...more] = await Promise.all(
    Array.from({ length: count }, () => place.connect(options)),
  );
  return [first as Semaphore, ...more];
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

export function breakPermits({ place }: SemaphoreSetting, name: string): Promise<void> {
  if (place.breakLease === undefined) {
    throw new Error('A harness that claims `breakable` needs `place.breakLease`.');
  }
  return place.breakLease(name);
}
