/**
 * The pause that all callers share: when one of them is told to stay away, nobody calls until then.
 *
 * Invariant: refusals of calls that were sent before the pause is over belong to one event, however many they
 * are: they all say the same thing.
 * @module
 */

/** How long the pause is when the service does not say: it doubles while nothing succeeds in between. */
const firstOwnWait = 1_000;
const longestOwnWait = 30_000;

/** See the module's header. Times and waits in milliseconds. */
export class SharedPause {
  #until = -Infinity;
  #isOpen = false;
  #refused = 0;
  #nextOwnWait = firstOwnWait;
  #ownWait = firstOwnWait;

  /** When calls may go out again. */
  get until(): number {
    return this.#until;
  }

  /**
   * A call was refused.
   *
   * @param retryAfter - the wait that the service asks for; undefined: it does not say.
   * @returns whether it begins a new event.
   */
  refused(
    now: number,
    { sentAt, weight }: { readonly sentAt: number; readonly weight: number },
    retryAfter: number | undefined,
  ): boolean {
    const isNew = sentAt >= this.#until;
    if (isNew) {
      this.#refused = 0;
      this.#ownWait = this.#nextOwnWait;
      this.#nextOwnWait = Math.min(longestOwnWait, 2 * this.#ownWait);
    }
    this.#isOpen = true;
    this.#refused += weight;
    this.#until = Math.max(this.#until, now + (retryAfter ?? this.#ownWait));
    return isNew;
  }

  /** A call was taken, so the service is there again. */
  taken(): void {
    this.#nextOwnWait = firstOwnWait;
  }

  /** The weight of what was refused in the event, once, when its pause is over; else undefined. */
  resume(now: number): number | undefined {
    if (!this.#isOpen || now < this.#until) return undefined;
    this.#isOpen = false;
    return this.#refused;
  }
}
