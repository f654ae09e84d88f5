/**
 * Several names at once: all of them, or none.
 *
 * Invariant: everybody asks in the same order, so nobody waits for a name while holding a later one that the
 * other side waits for.
 * @module
 */
import { type Clock, LeaseReleasedError, parseDuration } from '@runafter/clock';
import type { AcquireOptions, Lease, LeaseGroup, LeasesOf, Lock } from './lock-port.ts';

/** Implements {@link Lock.acquireAll} on acquire(). */
export async function acquireAll<const Names extends readonly string[]>(
  lock: Pick<Lock, 'acquire'>,
  names: Names,
  options: AcquireOptions & { readonly wait: NonNullable<AcquireOptions['wait']> },
  clock: Clock,
): Promise<LeaseGroup<LeasesOf<Names>>> {
  const wait = parseDuration(options.wait, 'wait');
  const since = clock.monotonic();
  const held = new Map<string, Lease>();
  try {
    for (const name of [...new Set(names)].sort()) {
      const left = Math.max(0, wait - (clock.monotonic() - since));
      held.set(name, await lock.acquire(name, { ...options, wait: left }));
    }
  } catch (error) {
    await releaseAll([...held.values()]).catch(() => {});
    throw error;
  }
  const leases = names.map((name) => held.get(name)) as unknown as LeasesOf<Names>;
  return new Group(leases, [...held.values()]);
}

class Group<Leases extends readonly Lease[]> implements LeaseGroup<Leases> {
  readonly leases: Leases;
  /** Each once, in the order of their acquisition. */
  readonly #held: readonly Lease[];
  readonly #ended = new AbortController();

  constructor(leases: Leases, held: readonly Lease[]) {
    this.leases = leases;
    this.#held = held;
    for (const { signal } of held) {
      const abort = () => this.#ended.abort(signal.reason);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    }
  }

  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  assertHeld(): void {
    for (const lease of this.#held) lease.assertHeld();
  }

  async release(): Promise<void> {
    await releaseAll(this.#held);
    // With no names at all, no lease has said so.
    this.#ended.abort(new LeaseReleasedError('none'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/** All of them, also when one fails; then with the first failure. */
async function releaseAll(leases: readonly Lease[]): Promise<void> {
  const ends = await Promise.allSettled(leases.map((lease) => lease.release()));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
