/**
 * What can be wrong with a claim or a creation.
 * @module
 */
import { RunafterError } from '@runafter/errors';

/** `POOL_EMPTY`: nothing was free, or became free within the time that the caller wanted to wait. */
export class PoolEmptyError extends RunafterError {
  /** The store, as errors call it. */
  readonly service: string;
  readonly pool: string;
  /** Milliseconds. */
  readonly waited: number;

  constructor(service: string, pool: string, waited: number) {
    const time = waited > 0 ? ` within ${Math.round(waited)} ms` : '';
    super(
      'POOL_EMPTY',
      `Nothing of the pool "${pool}" (${service}) was free${time}. ` +
        'Wait longer, add resources, or use tryClaim() and handle undefined.',
    );
    this.service = service;
    this.pool = pool;
    this.waited = waited;
  }
}

/** `CLAIM_RETIRED`: the operation was released before, so it is given nothing any more. */
export class ClaimRetiredError extends RunafterError {
  readonly service: string;
  readonly pool: string;
  readonly once: string;

  constructor(service: string, pool: string, once: string) {
    super(
      'CLAIM_RETIRED',
      `The operation "${once}" has given back what it had of the pool "${pool}" (${service}), ` +
        'so it gets nothing any more. To claim again, claim with the id of another operation.',
    );
    this.service = service;
    this.pool = pool;
    this.once = once;
  }
}

/** `POOL_OPTION_INVALID`: an option that a pool cannot use. */
export class PoolOptionError extends RunafterError {
  readonly pool: string;
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(pool: string, option: string, fix: string) {
    super('POOL_OPTION_INVALID', `The pool "${pool}": ${option} ${fix}`);
    this.pool = pool;
    this.option = option;
  }
}

/** `POOL_RESOURCE_INVALID`: something that no pool can hold. */
export class PoolResourceError extends RunafterError {
  readonly pool: string;
  /** Its place in the list that was passed. */
  readonly index: number;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(pool: string, index: number, fix: string, options?: { readonly cause?: unknown }) {
    super('POOL_RESOURCE_INVALID', `The pool "${pool}": resource ${index} ${fix}`, options);
    this.pool = pool;
    this.index = index;
  }
}

/** `CREATE_ONCE_TIMEOUT`: somebody else has been creating it for longer than the caller wanted to wait. */
export class CreateOnceTimeoutError extends RunafterError {
  readonly service: string;
  readonly key: string;
  /** Milliseconds. */
  readonly waited: number;
  /** Who is creating it. */
  readonly heldBy: string | undefined;

  constructor(service: string, key: string, waited: number, heldBy: string | undefined) {
    super(
      'CREATE_ONCE_TIMEOUT',
      `"${key}" of ${service} is still being created${heldBy === undefined ? '' : ` by "${heldBy}"`} ` +
        `after ${Math.round(waited)} ms. Wait longer, or make the creation shorter.`,
    );
    this.service = service;
    this.key = key;
    this.waited = waited;
    this.heldBy = heldBy;
  }
}

/** `CREATE_ONCE_OPTION_INVALID`: an option that createOnce() cannot use. */
export class CreateOnceOptionError extends RunafterError {
  readonly option: string;

  /** @param fix - what is wrong and what to pass instead, as sentences. */
  constructor(option: string, fix: string) {
    super('CREATE_ONCE_OPTION_INVALID', `createOnce(): ${option} ${fix}`);
    this.option = option;
  }
}
