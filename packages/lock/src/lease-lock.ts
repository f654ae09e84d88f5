/**
 * The Lock on any driver.
 * @module
 */
import { untilAborted } from '@runafter/clock';
import { acquireAll } from './acquire-all.ts';
import type { GivingBack } from './giving-back.ts';
import { type Claim, HeldLease } from './holding.ts';
import type { LeaseDriver } from './lease-driver.ts';
import { Leasing, type LeasingOptions } from './leasing.ts';
import type {
  AcquireOptions,
  Lease,
  LeaseGroup,
  LeasesOf,
  Lock,
  TryAcquireOptions,
} from './lock-port.ts';

/**
 * Where tokens come from when the backend's own may be lost, such as by a failover. An AtomicCounter of
 * `@runafter/counter` is one.
 */
export interface TokenSource {
  /** Adds, and tells the number right after it, which nobody else gets. Ends within a time, by itself. */
  addAndGet(name: string, amount: number): Promise<bigint>;
}

/** Options of every lock; a driver adds its own. */
export interface LockOptions extends LeasingOptions {
  /**
   * Counts the tokens in place of the backend, by the lock's name; more than 199 characters become a hash. It is
   * asked with each grant, which then takes as much longer. Default: the backend's own.
   */
  readonly tokens?: TokenSource | undefined;
}

/**
 * Makes a lock on a driver. Drivers of this project come as locks already; this is for a driver of your own.
 *
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 * @example
 * const lock = leaseLock(myDriver, { ttl: '10s' });
 * await using lease = await lock.acquire('daily-report');
 */
export function leaseLock(driver: LeaseDriver, options: LockOptions = {}): Lock {
  return new LeaseLock(driver, options);
}

class LeaseLock implements Lock {
  readonly name: string;
  readonly #leasing: Leasing<HeldLease>;

  constructor(driver: LeaseDriver, options: LockOptions) {
    const { tokens } = options;
    this.name = driver.name;
    this.#leasing = new Leasing(driver, options, {
      shared: false,
      waitKind: 'lock',
      hold: (tools, claim, signal) =>
        tokens === undefined
          ? new HeldLease(tools, claim)
          : holdWithToken(tokens, tools, claim, signal),
    });
  }

  acquire(name: string, options: AcquireOptions = {}): Promise<Lease> {
    return this.#leasing.acquire(name, options, { weight: 1 });
  }

  tryAcquire(name: string, options: TryAcquireOptions = {}): Promise<Lease | undefined> {
    return this.#leasing.tryAcquire(name, options, { weight: 1 });
  }

  acquireAll<const Names extends readonly string[]>(
    names: Names,
    options: AcquireOptions = {},
  ): Promise<LeaseGroup<LeasesOf<Names>>> {
    const { clock, wait } = this.#leasing;
    return acquireAll(this, names, { ...options, wait: options.wait ?? wait }, clock);
  }

  close(): Promise<void> {
    return this.#leasing.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function holdWithToken(
  tokens: TokenSource,
  tools: GivingBack,
  claim: Claim,
  signal: AbortSignal,
): Promise<HeldLease> {
  const token = await untilAborted(signal, tokens.addAndGet(claim.name, 1));
  return new HeldLease(tools, { ...claim, granted: { ...claim.granted, token } });
}
