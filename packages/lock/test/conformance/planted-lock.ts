/**
 * Locks that do one thing wrong although their driver does not: what the algorithm of this package does, the
 * lock of somebody else may do in another way.
 * @module
 */
import type { AcquireOptions, Lease, LeaseGroup, LeasesOf, Lock } from '@runafter/lock';

/** What a lock may do wrong. */
export type LockFault =
  | 'believes whatever has happened'
  | 'does not tell a loss'
  | 'counts tokens for each connection'
  | 'keeps what it holds when it is closed'
  | 'waits on when it is aborted'
  | 'takes a wait of 0 for the longest'
  | 'asks for several names in the order given'
  | 'keeps some when it cannot have all';

/** The lock with a fault. */
export function withFault(lock: Lock, fault: LockFault | undefined): Lock {
  if (fault === undefined) return lock;
  let tokens = 0n;
  const planted: Lock = {
    name: lock.name,
    async acquire(name, options) {
      return spoil(await lock.acquire(name, changed(options)));
    },
    async tryAcquire(name, options) {
      const lease = await lock.tryAcquire(name, options);
      return lease && spoil(lease);
    },
    acquireAll(names, options) {
      const isOwn = fault.includes('several') || fault.includes('all');
      return isOwn ? oneByOne(names, options) : lock.acquireAll(names, options);
    },
    async close() {
      if (fault !== 'keeps what it holds when it is closed') await lock.close();
    },
    [Symbol.asyncDispose]: () => planted.close(),
  };
  return planted;

  function changed({ signal, wait, ...options }: AcquireOptions = {}): AcquireOptions {
    return {
      ...options,
      signal: fault === 'waits on when it is aborted' ? undefined : signal,
      wait: fault === 'takes a wait of 0 for the longest' && wait === 0 ? undefined : wait,
    };
  }

  function spoil(lease: Lease): Lease {
    const { name, owner } = lease;
    const token = fault === 'counts tokens for each connection' ? ++tokens : lease.token;
    const believes = fault === 'believes whatever has happened';
    return {
      ...{ name, owner, token },
      get expiresAt() {
        return lease.expiresAt;
      },
      signal: fault === 'does not tell a loss' ? new AbortController().signal : lease.signal,
      assertHeld: () => believes || lease.assertHeld(),
      release: () => lease.release(),
      [Symbol.asyncDispose]: () => lease.release(),
    };
  }

  async function oneByOne<const Names extends readonly string[]>(
    names: Names,
    options: AcquireOptions | undefined,
  ): Promise<LeaseGroup<LeasesOf<Names>>> {
    const held = new Map<string, Lease>();
    const release = async () => {
      for (const lease of held.values()) await lease.release();
    };
    const isSorted = fault !== 'asks for several names in the order given';
    try {
      for (const name of new Set(isSorted ? names.toSorted() : names)) {
        held.set(name, await lock.acquire(name, options));
      }
    } catch (error) {
      if (fault !== 'keeps some when it cannot have all') await release();
      throw error;
    }
    return {
      leases: names.map((name) => held.get(name)) as unknown as LeasesOf<Names>,
      signal: AbortSignal.any([...held.values()].map(({ signal }) => signal)),
      assertHeld() {
        for (const lease of held.values()) lease.assertHeld();
      },
      release,
      [Symbol.asyncDispose]: release,
    };
  }
}
