/**
 * One caller that has the claim: it makes, keeps the claim alive meanwhile, and keeps what was made.
 *
 * Invariant: it writes only over a version that it knows to be its own, or that nobody is at. What it made is
 * never written over what somebody else has created.
 * @module
 */
import {
  type Clock,
  type ClockReading,
  exponential,
  isTransient,
  keepRenewed,
  type Random,
  retry,
} from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import type { DocumentStore, StoredDocument } from '@runafter/optimistic';
import type { Creation, CreationClaimed, CreationDone } from './creation.ts';

/** Where it is created, and how time goes there. */
export interface CreationPlace<T> {
  readonly store: DocumentStore<Creation<T>>;
  readonly key: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** What was made is not lost because its store does not answer for a moment. */
const untilKept = exponential({
  count: Number.POSITIVE_INFINITY,
  interval: '50ms',
  maximum: '2s',
  totalTime: '30s',
  when: isTransient,
});

export class CreationAttempt<T> {
  readonly #place: CreationPlace<T>;
  readonly #requestedAt: ClockReading;
  readonly #claim: CreationClaimed;

  /** @param requestedAt - from before the request that has put the claim there. */
  constructor(place: CreationPlace<T>, claim: CreationClaimed, requestedAt: ClockReading) {
    this.#place = place;
    this.#claim = claim;
    this.#requestedAt = requestedAt;
  }

  /**
   * @returns what there is then for everybody; undefined when somebody else has taken over and is still at it.
   * @throws what `make` throws.
   */
  async run(
    make: (context: { idempotencyKey: string; signal: AbortSignal }) => T | PromiseLike<T>,
    signal: AbortSignal,
  ): Promise<CreationDone<T> | undefined> {
    const { store, key, clock, random } = this.#place;
    const { idempotencyKey, ttl } = this.#claim;
    const renewal = keepRenewed({
      ...{ clock, random, ttl, requestedAt: this.#requestedAt },
      name: key,
      renew: () => this.#renew(),
    });
    let created: Creation<T>;
    try {
      signal.throwIfAborted();
      renewal.assertHeld();
      const value = await make({
        idempotencyKey,
        signal: AbortSignal.any([signal, renewal.signal]),
      });
      created = await store.roundTrip(key, { state: 'created', idempotencyKey, value });
    } catch (error) {
      await renewal.stop();
      const there = await this.#replaceOwn({ state: 'failed', idempotencyKey }).catch(
        () => 'failed',
      );
      if (there === undefined) return undefined;
      throw error;
    }
    await renewal.stop();
    return await retry(() => this.#keep(created as CreationDone<T>), untilKept, { clock, random });
  }

  /** @returns what is there then; undefined when somebody else is at it. */
  async #keep(created: CreationDone<T>): Promise<CreationDone<T> | undefined> {
    const there = await this.#replaceOwn(created);
    return there?.state === 'created' ? there : undefined;
  }

  async #renew(): Promise<boolean> {
    const found = await this.#read();
    if (!this.#isOwn(found)) return false;
    const { store, key } = this.#place;
    const renewals = (found.value as CreationClaimed).renewals + 1;
    await store.replace(key, { ...this.#claim, renewals }, found);
    return true;
  }

  /**
   * Writes over the claim, or over nothing.
   *
   * @returns what is there then; undefined when it is somebody else's claim.
   */
  async #replaceOwn(next: Creation<T>): Promise<Creation<T> | undefined> {
    const { store, key } = this.#place;
    for (;;) {
      const found = await this.#read();
      if (found?.value.state === 'created') return found.value;
      if (found?.value.state === 'claimed' && !this.#isOwn(found)) return undefined;
      try {
        if (found === undefined) await store.create(key, next);
        else await store.replace(key, next, found);
        return next;
      } catch (error) {
        if (!mayBeThere(error)) throw error;
      }
    }
  }

  #read(): Promise<StoredDocument<Creation<T>> | undefined> {
    return this.#place.store.read(this.#place.key);
  }

  #isOwn(
    found: StoredDocument<Creation<T>> | undefined,
  ): found is StoredDocument<Creation<T>> & { readonly value: CreationClaimed } {
    return found?.value.state === 'claimed' && found.value.owner === this.#claim.owner;
  }
}

/** Whether a write failed after which a look tells more: somebody was faster, or its reply was lost. */
export function mayBeThere(error: unknown): boolean {
  return ['DOCUMENT_EXISTS', 'ETAG_MISMATCH', 'OUTCOME_UNKNOWN'].some((code) =>
    hasCode(error, code),
  );
}
