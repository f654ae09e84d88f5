/**
 * Whether what an attempt failed with is worth another one, where the attempt was made elsewhere: `retry`
 * of @runafter/clock asks the same of what it has caught itself.
 * @module
 */
import { noRetry, type RetryPolicy } from '@runafter/clock';
import { readProperty } from '@runafter/errors';

/** @throws what the policy's own `when` throws. */
export function isWorthAnother(policy: RetryPolicy = noRetry, thrown: unknown): boolean {
  if (policy.type === 'none') return false;
  if (policy.when !== undefined) return policy.when(thrown);
  return readProperty(thrown, 'name') !== 'AbortError';
}
