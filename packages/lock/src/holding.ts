/**
 * What is held: kept alive by clock's renewal loop, until it is released or lost.
 *
 * Invariant: the driver's release is sent once, and after the last renewal has ended. Whatever ends the
 * holding, `ended` resolves, and only then may this process ask for the name again.
 * @module
 */
import { type ClockReading, keepRenewed, type Renewal } from '@runafter/clock';
import { type GivingBack, giveBack } from './giving-back.ts';
import type { Granted, LeaseRequest } from './lease-driver.ts';
import type { Held, Lease } from './lock-port.ts';

/** What became of a request that was granted. */
export interface Claim extends LeaseRequest {
  /** The name as the caller wrote it. */
  readonly givenName: string;
  /** Milliseconds. */
  readonly ttl: number;
  readonly weight: number;
  readonly granted: Granted;
  /** Both clocks, from before the request was sent. */
  readonly requestedAt: ClockReading;
}

export class Holding implements Held {
  readonly name: string;
  readonly owner: string;
  /** Resolves, and never rejects, when it has been given back, or was lost. */
  readonly ended: Promise<void>;
  readonly #tools: GivingBack;
  readonly #claim: Claim;
  readonly #renewal: Renewal;
  #resolveEnded: () => void = () => {};
  #releasing: Promise<void> | undefined;

  constructor(tools: GivingBack, claim: Claim) {
    const { driver, clock, random } = tools;
    const { givenName, ttl, granted, requestedAt } = claim;
    this.name = givenName;
    this.owner = claim.owner;
    this.#tools = tools;
    this.#claim = claim;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#renewal = keepRenewed({
      ...{ clock, random, name: givenName, ttl, requestedAt },
      renew: (options) => driver.renew(claim, ttl, options),
    });
    this.#heedEnd(granted.ended);
    if (this.signal.aborted) this.#onAbort();
    else this.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get expiresAt(): number {
    return this.#renewal.expiresAt;
  }

  get signal(): AbortSignal {
    return this.#renewal.signal;
  }

  /** Whether it was lost before it was released. */
  get lost(): boolean {
    return this.#renewal.lost;
  }

  assertHeld(): void {
    this.#renewal.assertHeld();
  }

  release(): Promise<void> {
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #release(): Promise<void> {
    if (this.lost) return;
    try {
      await this.#renewal.stop();
      await giveBack(this.#tools, this.#claim);
    } finally {
      this.#resolveEnded();
    }
  }

  readonly #onAbort = () => {
    this.#claim.granted.ended?.removeEventListener('abort', this.#onBackendEnd);
    if (!this.#renewal.lost) return;
    // It may be ours for a little longer, and nobody should have to wait for that.
    void giveBack(this.#tools, this.#claim).then(this.#resolveEnded, this.#resolveEnded);
  };

  readonly #onBackendEnd = () => this.#renewal.lose(this.#claim.granted.ended?.reason);

  #heedEnd(ended: AbortSignal | undefined): void {
    if (ended?.aborted) this.#onBackendEnd();
    else ended?.addEventListener('abort', this.#onBackendEnd, { once: true });
  }
}

export class HeldLease extends Holding implements Lease {
  readonly token: bigint;

  constructor(tools: GivingBack, claim: Claim) {
    super(tools, claim);
    this.token = claim.granted.token;
  }
}
