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
  type WaitOptions,
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

/** Whether a write failed after which a look tells more: somebody was faster, or its reply was lost. */
export function mayBeThere(error: unknown): boolean {
  return ['DOCUMENT_EXISTS', 'ETAG_MISMATCH', 'OUTCOME_UNKNOWN'].some((code) =>
    hasCode(error, code),
  );
}

/** What was made is not lost because its store does not answer for a moment. */
const untilKept = exponential({
  count: Number.POSITIVE_INFINITY,
  interval: '50ms',
  maximum: '2s',
  totalTime: '30s',
  when: (error) => isTransient(error) || mayBeThere(error),
});

/** How often in a row it is looked, without a pause, whether and how it can be written. */
const mostLooks = 3;

/** A claim that stays only costs others its ttl, and the caller waits for this. */
const fewTimes = exponential({
  count: 3,
  interval: '50ms',
  totalTime: '5s',
  when: untilKept.when,
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
   * @returns what there is then for everybody; undefined when somebody else has taken over and is still at it, or
   *   when the claim had ended before anything was made.
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
      renew: (options) => this.#renew(options),
    });
    if (signal.aborted || renewal.lost) {
      await renewal.stop();
      await this.giveUp();
      return undefined;
    }
    let created: Creation<T>;
    try {
      const value = await make({
        idempotencyKey,
        signal: AbortSignal.any([signal, renewal.signal]),
      });
      created = await store.roundTrip(key, { state: 'created', idempotencyKey, value });
    } catch (error) {
      await renewal.stop();
      const there = await this.giveUp();
      if (there?.state === 'created') return there;
      if (there?.state === 'claimed') return undefined;
      throw error;
    }
    await renewal.stop();
    return await retry(() => this.#keep(created as CreationDone<T>), untilKept, { clock, random });
  }

  /**
   * Lets the next one try at once, as far as the store answers. Never rejects.
   *
   * @returns what somebody else has put there.
   */
  async giveUp(): Promise<Creation<T> | undefined> {
    const { clock, random } = this.#place;
    return await retry(() => this.#markFailed(), fewTimes, { clock, random }).catch(
      () => undefined,
    );
  }

  async #markFailed(): Promise<Creation<T> | undefined> {
    const { store, key } = this.#place;
    const found = await this.#read();
    if (!this.#isOwn(found)) return found?.value;
    const { idempotencyKey } = found.value;
    await store.replace(key, { state: 'failed', idempotencyKey }, found);
    return undefined;
  }

  /**
   * Writes over the claim, over nothing, or over the failure of somebody who has had the claim since.
   *
   * @returns what is there then; undefined when somebody else is at it.
   */
  async #keep(created: CreationDone<T>): Promise<CreationDone<T> | undefined> {
    const { store, key } = this.#place;
    let failure: unknown;
    for (let looks = 1; ; looks++) {
      const found = await this.#read();
      if (found?.value.state === 'created') return found.value;
      if (found?.value.state === 'claimed' && !this.#isOwn(found)) return undefined;
      if (looks > mostLooks) throw failure;
      try {
        if (found === undefined) await store.create(key, created);
        else await store.replace(key, created, found);
        return created;
      } catch (error) {
        if (!mayBeThere(error)) throw error;
        failure = error;
      }
    }
  }

  async #renew(options: WaitOptions): Promise<boolean> {
    const found = await this.#read(options);
    if (!this.#isOwn(found)) return false;
    const { store, key } = this.#place;
    const renewals = found.value.renewals + 1;
    await store.replace(key, { ...found.value, renewals }, found, options);
    return true;
  }

  #read(options?: WaitOptions): Promise<StoredDocument<Creation<T>> | undefined> {
    return this.#place.store.read(this.#place.key, options);
  }

  #isOwn(
    found: StoredDocument<Creation<T>> | undefined,
  ): found is StoredDocument<Creation<T>> & { readonly value: CreationClaimed } {
    return found?.value.state === 'claimed' && found.value.owner === this.#claim.owner;
  }
}
