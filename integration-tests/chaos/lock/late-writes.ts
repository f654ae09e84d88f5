/**
 * Writes that came too late, whatever has become of them.
 * @module
 */
import type { Write } from './operations.ts';

/** Writes that were begun after one with a greater token had been accepted. */
export function lateWrites(writes: readonly Write[]): Write[] {
  const accepted = Map.groupBy(
    writes.filter(({ answer }) => answer === 'accepted'),
    ({ key }) => key,
  );
  return writes.filter(({ key, token, invoked }) =>
    accepted.get(key)?.some((other) => other.token > token && other.returned < invoked),
  );
}
