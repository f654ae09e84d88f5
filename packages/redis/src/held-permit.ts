/**
 * A permit that is held on the server: kept alive until it is released, and known when it is lost.
 * @module
 */
import type { Permit } from '@runafter/clock';
import type { Grant } from '@runafter/lock/leasing';

/** A permit of a limiter or a gate on Redis. */
export interface RedisPermit extends Permit {
  /**
   * Aborts when the permit is lost, and when it is released. Lost, with a LeaseLostError as the reason: it could not
   * be renewed in time, so somebody else may have it by now. Pass it to the work, so that it stops. A permit of a
   * limiter without a concurrency is never lost: its call was counted.
   */
  readonly signal: AbortSignal;
}

/** A permit for something granted. */
export class HeldPermit implements RedisPermit {
  readonly #grant: Grant;

  constructor(grant: Grant) {
    this.#grant = grant;
  }

  get signal(): AbortSignal {
    return this.#grant.signal;
  }

  /** In the background: a service that cannot be reached forgets the permit after its ttl. */
  release(): void {
    this.#grant.release().catch(() => {});
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
