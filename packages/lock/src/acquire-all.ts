/**
 * Several names at once: all of them, or none.
 *
 * Invariant: everybody asks in the same order, so nobody waits for a name while holding a later one that the
 * other side waits for.
 * @module
 */
import { type Clock, LeaseReleasedError, parseDuration, untilAborted } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import { LockTimeoutError } from './lock-errors.ts';
import type { AcquireOptions, Lease, LeaseGroup, LeasesOf, Lock } from './lock-port.ts';

/** Implements {@link Lock.acquireAll} on acquire(). */
export async function acquireAll<const Names extends readonly string[]>(
  lock: Pick<Lock, 'acquire'>,
  names: Names,
  options: AcquireOptions & { readonly wait: NonNullable<AcquireOptions['wait']> },
  clock: Clock,
): Promise<LeaseGroup<LeasesOf<Names>>> {
  const { signal } = options;
  signal?.throwIfAborted();
  const wait = parseDuration(options.wait, 'wait');
  const since = clock.monotonic();
  const waited = () => clock.monotonic() - since;
  const group = new Group(names);
  // Who has lost one of them need not wait for the others.
  const stop = signal === undefined ? group.signal : AbortSignal.any([signal, group.signal]);
  try {
    for (const name of [...new Set(names)].sort()) {
      const left = Math.max(0, wait - waited());
      group.add(await lock.acquire(name, { ...options, wait: left, signal: stop }));
    }
    group.assertHeld();
    return group;
  } catch (error) {
    const failure = hasCode(error, 'LOCK_TIMEOUT')
      ? ofAll(error as LockTimeoutError, waited())
      : error;
    await untilAborted(signal, group.release()).catch(() => {});
    throw failure;
  }
}

/** The wait was for all of them together. */
function ofAll({ service, lockName, heldBy, cause }: LockTimeoutError, waited: number) {
  return new LockTimeoutError(service, lockName, waited, heldBy, { cause });
}

class Group<Names extends readonly string[]> implements LeaseGroup<LeasesOf<Names>> {
  readonly #names: Names;
  /** In the order of their acquisition. */
  readonly #held = new Map<string, Lease>();
  readonly #ended = new AbortController();

  constructor(names: Names) {
    this.#names = names;
  }

  add(lease: Lease): void {
    this.#held.set(lease.name, lease);
    const { signal } = lease;
    const abort = () => this.#ended.abort(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }

  get leases(): LeasesOf<Names> {
    return this.#names.map((name) => this.#held.get(name)) as unknown as LeasesOf<Names>;
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  assertHeld(): void {
    for (const lease of this.#held.values()) lease.assertHeld();
    this.#ended.signal.throwIfAborted();
  }

  /** All of them, also when one fails; then with the first failure. */
  async release(): Promise<void> {
    const ends = await Promise.allSettled([...this.#held.values()].map((lease) => lease.release()));
    // With no names at all, no lease has said so.
    this.#ended.abort(new LeaseReleasedError('none'));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}
