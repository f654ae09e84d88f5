/**
 * A function under a lock.
 * @module
 */
import { untilAborted } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import type { AcquireOptions, Lease, Lock } from './lock-port.ts';

/**
 * Runs a function while holding a name, and gives the name back whatever becomes of the function.
 *
 * An error of the function wins over one of the release. When the lease was lost before the function had
 * ended, its result is not returned, since somebody else may have worked at the same time: the call rejects
 * with the LeaseLostError. Whoever fences its writes and wants the result all the same uses `lock.acquire`.
 *
 * @param use - gets the lease; pass `lease.signal` to what it calls, and `lease` as `fence` to document stores.
 * @returns what the function returns.
 * @throws {LeaseLostError} `LEASE_LOST`
 * @throws whatever `lock.acquire` and the function throw.
 * @example
 * const total = await withLock(lock, 'ledger', (lease) => settle({ signal: lease.signal }), { wait: '2m' });
 */
export async function withLock<R>(
  lock: Lock,
  name: string,
  use: (lease: Lease) => R | PromiseLike<R>,
  options?: AcquireOptions,
): Promise<R> {
  const lease = await lock.acquire(name, options);
  let result: R;
  try {
    result = await use(lease);
    if (!hasCode(lease.signal.reason, 'LEASE_RELEASED')) lease.assertHeld();
  } catch (error) {
    // Who has aborted need not wait for a service that does not answer.
    await untilAborted(options?.signal, lease.release()).catch(() => {});
    throw error;
  }
  await lease.release();
  return result;
}
