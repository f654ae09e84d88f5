/**
 * The errors of leases: what a holder is told, and why it may not go on.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/**
 * How a lease was lost: `expired` when it could not be renewed in time, `refused` when the store said
 * that it is not the holder's any more.
 */
export type LeaseLoss = 'expired' | 'refused';

const whatHappened: Readonly<Record<LeaseLoss, string>> = {
  expired: 'it was not renewed in time',
  refused: 'it has another holder, or none any more',
};

/** `LEASE_LOST`: the lease is not held any more, and somebody else may hold it. */
export class LeaseLostError extends RunafterError {
  readonly leaseName: string;
  readonly loss: LeaseLoss;

  /** @param options.cause - why the last renewal failed, where that is known. */
  constructor(leaseName: string, loss: LeaseLoss, options?: { cause?: unknown }) {
    super(
      'LEASE_LOST',
      `Lease "${leaseName}" was lost: ${whatHappened[loss]}. Stop what it guarded, and begin again ` +
        'under a new lease.',
      options?.cause === undefined ? undefined : options,
    );
    this.leaseName = leaseName;
    this.loss = loss;
  }
}

/** `LEASE_RELEASED`: the holder has given the lease back, and something still works under it. */
export class LeaseReleasedError extends RunafterError {
  readonly leaseName: string;

  constructor(leaseName: string) {
    super(
      'LEASE_RELEASED',
      `Lease "${leaseName}" was given back by its holder. Await the work that it guards before ` +
        'giving it back.',
    );
    this.leaseName = leaseName;
  }
}

/** `LEASE_OPTION_INVALID`: a time to live or a margin that makes no sense. */
export class LeaseOptionError extends RunafterError {
  readonly leaseName: string;
  /** `ttl` or `margin`. */
  readonly option: string;
  /** Milliseconds. */
  readonly value: number;

  /** @param fix - what to pass instead, as a sentence. */
  constructor(leaseName: string, option: string, value: number, fix: string) {
    super('LEASE_OPTION_INVALID', `Lease "${leaseName}": ${option} is ${value} ms. ${fix}`);
    this.leaseName = leaseName;
    this.option = option;
    this.value = value;
  }
}
