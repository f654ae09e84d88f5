/**
 * One call of createOnce(): looks, waits for who is at it, or claims and creates.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type ClockReading, readClock, untilAborted } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import type { LocalTurns } from '@runafter/lock/leasing';
import type { StoredDocument } from '@runafter/optimistic';
import { CreateOnceTimeoutError } from './claim-errors.ts';
import type { MakeContext } from './create-once.ts';
import type { Creation, CreationClaimed, CreationDone } from './creation.ts';
import { CreationAttempt, type CreationPlace, mayBeThere } from './creation-attempt.ts';
import { Stillness } from './stillness.ts';

/** Milliseconds. */
export interface CreationTimes {
  readonly ttl: number;
  readonly wait: number;
  readonly poll: number;
}

export class Creator<T> {
  readonly #place: CreationPlace<T>;
  readonly #make: (context: MakeContext) => T | PromiseLike<T>;
  readonly #times: CreationTimes;
  readonly #stillness: Stillness;
  readonly #owner = `${hostname().slice(0, 100)}:${process.pid}:${randomUUID()}`;
  readonly #stop = new AbortController();
  /** From before our own claim was sent, the first one that may be there. */
  #requestedAt: ClockReading | undefined;
  /** A claim of ours whose reply was lost. */
  #mayHaveClaimed: CreationClaimed | undefined;
  #heldBy: string | undefined;
  /** Of the bound of a wait, while there is one. */
  #cancelTimer: (() => void) | undefined;

  constructor(
    place: CreationPlace<T>,
    make: (context: MakeContext) => T | PromiseLike<T>,
    times: CreationTimes,
  ) {
    this.#place = place;
    this.#make = make;
    this.#times = times;
    this.#stillness = new Stillness(place.clock);
  }

  /**
   * @param turns - of the store: one at a time in this process, so that the others find what was made. The turn
   *   lasts until nothing works for this call any more, also after an abort.
   */
  async run(turns: LocalTurns, signal: AbortSignal | undefined): Promise<T> {
    const stop = this.#stop;
    const { key } = this.#place;
    const abort = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    if (turns.isTaken(key)) this.#boundWait();
    try {
      const pass = await turns.take(key, stop.signal);
      const creating = this.#untilCreated().finally(pass);
      return await untilAborted(stop.signal, creating);
    } finally {
      this.#endBound();
      signal?.removeEventListener('abort', abort);
    }
  }

  async #untilCreated(): Promise<T> {
    const { store, key } = this.#place;
    const { signal } = this.#stop;
    try {
      for (let isFirst = true; ; ) {
        signal.throwIfAborted();
        const found = await store.read(key, { signal });
        if (found?.value.state === 'created') return found.value.value;
        const endsIn = this.#endsIn(found);
        if (endsIn > 0) {
          await this.#pause(endsIn);
          continue;
        }
        const created = await this.#create(found);
        if (created !== undefined) return created.value;
        // A look tells why, and that once: a store that goes on like this is not asked without end.
        if (!isFirst) await this.#pause(this.#times.poll);
        isFirst = false;
      }
    } catch (error) {
      await this.#undoClaim();
      throw error;
    }
  }

  /** In how many milliseconds it may be claimed. */
  #endsIn(found: StoredDocument<Creation<T>> | undefined): number {
    if (found?.value.state !== 'claimed') return 0;
    const { owner, ttl } = found.value;
    if (owner === this.#owner) return 0;
    this.#heldBy = owner;
    return this.#stillness.endsIn(this.#place.key, found.etag, ttl);
  }

  /** @returns undefined when somebody was faster, or nobody knows yet. */
  async #create(
    found: StoredDocument<Creation<T>> | undefined,
  ): Promise<CreationDone<T> | undefined> {
    const claim = await this.#claim(found);
    if (claim === undefined) return undefined;
    this.#mayHaveClaimed = undefined;
    this.#endBound();
    const attempt = new CreationAttempt(this.#place, claim, this.#requestedAt as ClockReading);
    return await attempt.run(this.#make, this.#stop.signal);
  }

  /** @returns undefined when somebody was faster, or nobody knows yet. Not aborted: what it may leave is undone. */
  async #claim(
    found: StoredDocument<Creation<T>> | undefined,
  ): Promise<CreationClaimed | undefined> {
    const { store, key, clock } = this.#place;
    if (found?.value.state === 'claimed' && found.value.owner === this.#owner) return found.value;
    const claim: CreationClaimed = {
      state: 'claimed',
      idempotencyKey: found?.value.idempotencyKey ?? randomUUID(),
      owner: this.#owner,
      ttl: this.#times.ttl,
      renewals: 0,
    };
    const requestedAt = readClock(clock);
    // One whose reply was lost may be there since then, and others count from there.
    if (this.#mayHaveClaimed === undefined) this.#requestedAt = requestedAt;
    try {
      if (found === undefined) await store.create(key, claim);
      else await store.replace(key, claim, found);
      this.#requestedAt = requestedAt;
      return claim;
    } catch (error) {
      if (!mayBeThere(error)) throw error;
      if (hasCode(error, 'OUTCOME_UNKNOWN')) this.#mayHaveClaimed = claim;
      return undefined;
    }
  }

  /** For who leaves while nobody knows whether its claim is there. */
  async #undoClaim(): Promise<void> {
    if (this.#mayHaveClaimed === undefined) return;
    const requestedAt = this.#requestedAt as ClockReading;
    await new CreationAttempt(this.#place, this.#mayHaveClaimed, requestedAt).giveUp();
  }

  /** @param longest - in milliseconds. */
  async #pause(longest: number): Promise<void> {
    const { clock, random } = this.#place;
    const { signal } = this.#stop;
    signal.throwIfAborted();
    this.#boundWait();
    const pause = Math.min(this.#times.poll * (0.5 + random() / 2), longest);
    await clock.sleep(pause, { signal });
  }

  /** From the first wait on, until it is our turn to create. */
  #boundWait(): void {
    if (this.#cancelTimer !== undefined) return;
    const { clock, store, key } = this.#place;
    const since = clock.monotonic();
    this.#cancelTimer = clock.setTimer(this.#times.wait, () => {
      const waited = clock.monotonic() - since;
      this.#stop.abort(new CreateOnceTimeoutError(store.name, key, waited, this.#heldBy));
    });
  }

  #endBound(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
