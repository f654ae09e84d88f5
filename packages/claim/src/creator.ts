/**
 * One call of createOnce(): looks, waits for who is at it, or claims and creates.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type ClockReading, readClock, untilAborted } from '@runafter/clock';
import type { LocalTurns } from '@runafter/lock/leasing';
import type { StoredDocument } from '@runafter/optimistic';
import { CreateOnceTimeoutError } from './claim-errors.ts';
import type { MakeContext } from './create-once.ts';
import type { Creation, CreationClaimed } from './creation.ts';
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
  readonly #since: number;
  /** From before our own claim was sent, whose reply may have been lost. */
  #requestedAt: ClockReading | undefined;
  #heldBy: string | undefined;
  #cancelTimer: () => void = () => {};

  constructor(
    place: CreationPlace<T>,
    make: (context: MakeContext) => T | PromiseLike<T>,
    times: CreationTimes,
  ) {
    this.#place = place;
    this.#make = make;
    this.#times = times;
    this.#stillness = new Stillness(place.clock);
    this.#since = place.clock.monotonic();
  }

  /**
   * @param turns - of the store: one at a time in this process, so that the others find what was made. The turn
   *   lasts until nothing works for this call any more, also after an abort.
   */
  async run(turns: LocalTurns, signal: AbortSignal | undefined): Promise<T> {
    const stop = this.#stop;
    const abort = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#startTimer();
    try {
      const pass = await turns.take(this.#place.key, stop.signal);
      const creating = this.#untilCreated().finally(pass);
      return await untilAborted(stop.signal, creating);
    } finally {
      this.#cancelTimer();
      signal?.removeEventListener('abort', abort);
    }
  }

  async #untilCreated(): Promise<T> {
    const { clock, random, store, key } = this.#place;
    const { signal } = this.#stop;
    for (;;) {
      signal.throwIfAborted();
      const found = await store.read(key, { signal });
      if (found?.value.state === 'created') return found.value.value;
      const wait = this.#endsIn(found);
      if (wait > 0) {
        const pause = Math.min(this.#times.poll * (0.5 + random() / 2), wait);
        await clock.sleep(pause, { signal });
        continue;
      }
      const claim = await this.#claim(found);
      if (claim === undefined) continue;
      this.#cancelTimer();
      const requestedAt = this.#requestedAt as ClockReading;
      const attempt = new CreationAttempt(this.#place, claim, requestedAt);
      const created = await attempt.run(this.#make, signal);
      if (created !== undefined) return created.value;
      this.#startTimer();
    }
  }

  /** In how many milliseconds it may be claimed. */
  #endsIn(found: StoredDocument<Creation<T>> | undefined): number {
    if (found?.value.state !== 'claimed') return 0;
    const { owner, ttl } = found.value;
    this.#heldBy = owner;
    return owner === this.#owner ? 0 : this.#stillness.endsIn(this.#place.key, found.etag, ttl);
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
    this.#requestedAt = readClock(clock);
    try {
      if (found === undefined) await store.create(key, claim);
      else await store.replace(key, claim, found);
      return claim;
    } catch (error) {
      if (mayBeThere(error)) return undefined;
      throw error;
    }
  }

  #startTimer(): void {
    const { clock, store, key } = this.#place;
    this.#cancelTimer = clock.setTimer(this.#times.wait, () => {
      const waited = clock.monotonic() - this.#since;
      this.#stop.abort(new CreateOnceTimeoutError(store.name, key, waited, this.#heldBy));
    });
  }
}
