/**
 * A call that was counted against rates, where nothing bounds how much is under way at once: nobody has to keep it
 * alive, or to give it back.
 * @module
 */
import { elapsedSince, LeaseReleasedError } from '@runafter/clock';
import type { LeaseDriver } from '@runafter/lock';
import type { Claim, GivingBack, Grant } from '@runafter/lock/leasing';

export class CountedCall implements Grant {
  readonly name: string;
  readonly owner: string;
  /** Counted so long ago that it would come at another time: a process that stood still asks anew. */
  readonly lost: boolean;
  readonly #driver: LeaseDriver;
  readonly #claim: Claim;
  /** Made when somebody looks at the signal. */
  #controller: AbortController | undefined;
  #isReleased = false;
  #isUsed = false;
  #takenOut: Promise<void> = Promise.resolve();

  constructor({ driver, clock }: GivingBack, claim: Claim) {
    this.lost = elapsedSince(clock, claim.requestedAt) >= claim.ttl;
    this.name = claim.givenName;
    this.owner = claim.owner;
    this.#driver = driver;
    this.#claim = claim;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isReleased) this.#abort();
    return this.#controller.signal;
  }

  /** It is the caller's: from now on it counts, whatever becomes of it. */
  use(): void {
    this.#isUsed = true;
  }

  /** One that nobody has used is taken out of the count. Where that fails, it counts as if it had been. */
  release(): Promise<void> {
    this.#isReleased = true;
    this.#abort();
    if (!this.#isUsed) {
      this.#isUsed = true;
      this.#takenOut = this.#driver.release(this.#claim, {}).catch(() => {});
    }
    return this.#takenOut;
  }

  whenGivenBack(callback: () => void): void {
    void this.#takenOut.then(callback);
  }

  #abort(): void {
    this.#controller?.abort(new LeaseReleasedError(this.name));
  }
}
