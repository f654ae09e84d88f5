/**
 * What is held: kept alive by clock's renewal loop, until it is released or lost.
 *
 * Invariant: it is given back once, whatever has ended it, and never before the last renewal was told to end.
 * Only then may this process ask for the name again.
 * @module
 */
import { type ClockReading, keepRenewed, type Renewal, type WaitOptions } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import { type GivingBack, giveBack } from './giving-back.ts';
import type { Granted, LeaseRequest } from './lease-driver.ts';
import type { Held, Lease } from './lock-port.ts';

/** What became of a request that was granted. */
export interface Claim<G extends Granted = Granted> extends LeaseRequest {
  /** The name as the caller wrote it. */
  readonly givenName: string;
  /** Milliseconds. */
  readonly ttl: number;
  readonly weight: number;
  readonly granted: G;
  /** Both clocks, from before the request was sent. */
  readonly requestedAt: ClockReading;
}

/** What a call is handed when it is granted, until it is given back. */
export interface Grant {
  readonly name: string;
  readonly owner: string;
  /** Aborts when it is lost or released. */
  readonly signal: AbortSignal;
  /** Whether it was lost before it was released. */
  readonly lost: boolean;
  release(): Promise<void>;
  /** Calls it, once, when this was given back, or needs nobody who does. */
  whenGivenBack(callback: () => void): void;
}

export class Holding implements Held, Grant {
  readonly name: string;
  readonly owner: string;
  readonly #tools: GivingBack;
  readonly #claim: Claim;
  readonly #renewal: Renewal;
  #isReleasing = false;
  #released: Promise<void> | undefined;
  #isGivenBack = false;
  #onGivenBack: () => void = () => {};

  constructor(tools: GivingBack, claim: Claim) {
    const { clock, random } = tools;
    const { givenName, owner, ttl, granted, requestedAt } = claim;
    this.name = givenName;
    this.owner = owner;
    this.#tools = tools;
    this.#claim = claim;
    this.#renewal = keepRenewed({
      clock,
      random,
      name: givenName,
      ttl,
      requestedAt,
      renew: (options) => this.#renew(options),
      onLost: () => this.#onLost(),
    });
    const { ended } = granted;
    if (ended?.aborted) this.#onBackendEnd();
    else if (!this.lost) ended?.addEventListener('abort', this.#onBackendEnd, { once: true });
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
    // Also for a listener of the signal, which calls this while the first call has not returned yet.
    if (this.#isReleasing) return Promise.resolve().then(() => this.#released);
    this.#isReleasing = true;
    this.#released = this.#release();
    return this.#released;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  /** Calls it, once, when this was given back, by a release or after a loss, or as far as that could be done. */
  whenGivenBack(callback: () => void): void {
    if (this.#isGivenBack) callback();
    else this.#onGivenBack = callback;
  }

  async #renew(options: Required<WaitOptions>): Promise<boolean> {
    try {
      return await this.#tools.driver.renew(this.#claim, this.#claim.ttl, options);
    } catch (error) {
      // What was refused once, such as for a right that was withdrawn, will not be granted before the deadline.
      if (hasCode(error, 'SERVICE_REFUSED')) this.#renewal.lose(error);
      throw error;
    }
  }

  async #release(): Promise<void> {
    if (this.lost) return;
    this.#heedNoBackendEnd();
    const { renewing } = this.#renewal;
    const stopped = this.#renewal.stop();
    // Else the request is sent at once.
    if (renewing) await stopped;
    await this.#giveBack();
  }

  #onLost(): void {
    this.#heedNoBackendEnd();
    // It may be ours for a little longer, and nobody should have to wait for that.
    this.#giveBack().catch(() => {});
  }

  async #giveBack(): Promise<void> {
    try {
      await giveBack(this.#tools, this.#claim);
    } finally {
      this.#isGivenBack = true;
      this.#onGivenBack();
    }
  }

  readonly #onBackendEnd = () => this.#renewal.lose(this.#claim.granted.ended?.reason);

  #heedNoBackendEnd(): void {
    this.#claim.granted.ended?.removeEventListener('abort', this.#onBackendEnd);
  }
}

export class HeldLease extends Holding implements Lease {
  readonly token: bigint;

  constructor(tools: GivingBack, claim: Claim) {
    super(tools, claim);
    this.token = claim.granted.token;
  }
}
