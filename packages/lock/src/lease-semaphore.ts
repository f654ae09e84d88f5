/**
 * The Semaphore on any driver that counts permits.
 * @module
 */
import type { GivingBack } from './giving-back.ts';
import { type Claim, Holding } from './holding.ts';
import type { LeaseDriver } from './lease-driver.ts';
import { Leasing, type LeasingOptions } from './leasing.ts';
import { LockOptionError } from './lock-errors.ts';
import type {
  PermitOptions,
  Semaphore,
  SemaphorePermit,
  TryPermitOptions,
} from './semaphore-port.ts';

/** Options of every semaphore; a driver adds its own. */
export interface SemaphoreOptions extends LeasingOptions {
  /** How many permits each name has: a whole number of at least 1. Whoever uses the names says the same. */
  readonly permits: number;
}

/**
 * Makes a semaphore on a driver. Drivers of this project come as semaphores already; this is for a driver of
 * your own.
 *
 * @param makeDriver - a driver that grants a name while the weights of its holders fit into the number of permits
 *   that it is given here.
 * @throws {LockOptionError} `LOCK_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`
 */
export function leaseSemaphore(
  makeDriver: (permits: number) => LeaseDriver,
  options: SemaphoreOptions,
): Semaphore {
  return new LeaseSemaphore(makeDriver(options.permits), options);
}

class Permit extends Holding implements SemaphorePermit {
  readonly weight: number;

  constructor(tools: GivingBack, claim: Claim) {
    super(tools, claim);
    this.weight = claim.weight;
  }
}

class LeaseSemaphore implements Semaphore {
  readonly name: string;
  readonly permits: number;
  readonly #leasing: Leasing<Permit>;

  constructor(driver: LeaseDriver, options: SemaphoreOptions) {
    const { permits } = options;
    this.name = driver.name;
    this.permits = permits;
    if (!Number.isSafeInteger(permits) || permits < 1) {
      const fix = `is ${String(permits)}. Pass a whole number of at least 1.`;
      throw new LockOptionError(driver.name, 'permits', fix);
    }
    this.#leasing = new Leasing(driver, options, {
      shared: true,
      waitKind: 'lock',
      hold: (tools, claim) => new Permit(tools, claim),
    });
  }

  async acquire(name: string, options: PermitOptions = {}): Promise<SemaphorePermit> {
    return await this.#leasing.acquire(name, options, { weight: this.#weightIn(options) });
  }

  async tryAcquire(
    name: string,
    options: TryPermitOptions = {},
  ): Promise<SemaphorePermit | undefined> {
    return await this.#leasing.tryAcquire(name, options, { weight: this.#weightIn(options) });
  }

  close(): Promise<void> {
    return this.#leasing.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #weightIn({ weight = 1 }: TryPermitOptions): number {
    if (Number.isInteger(weight) && weight >= 1 && weight <= this.permits) return weight;
    const fix = `is ${String(weight)}. Pass a whole number from 1 to ${this.permits}, the number of permits.`;
    throw new LockOptionError(this.name, 'weight', fix);
  }
}
