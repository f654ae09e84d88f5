/**
 * Who has the names that this process waits for: the refusal of a lease does not say it, so it is read, and only
 * now and then.
 *
 * What is told may be some seconds old, and is for messages alone: nothing is decided by it.
 * @module
 */
import type { Clock } from '@runafter/clock';

/** In milliseconds: who waits asks for the lease about ten times as often. */
const toldFor = 10_000;

interface Told {
  readonly holder: string | undefined;
  readonly until: number;
}

export class LockHolders {
  readonly #clock: Clock;
  /** By the name of the blob; those read last come last. */
  readonly #told = new Map<string, Told>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** As it was read lately, or is read now; undefined when it cannot be told. */
  async find(
    blobName: string,
    read: () => Promise<string | undefined>,
  ): Promise<string | undefined> {
    this.#forgetOld();
    const known = this.#told.get(blobName);
    if (known !== undefined) return known.holder;
    const holder = await read().catch(() => undefined);
    this.#told.set(blobName, { holder, until: this.#clock.monotonic() + toldFor });
    return holder;
  }

  forget(blobName: string): void {
    this.#told.delete(blobName);
  }

  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [blobName, { until }] of this.#told) {
      if (until > now) return;
      this.#told.delete(blobName);
    }
  }
}
