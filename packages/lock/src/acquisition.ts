/**
 * One call that wants a name: it asks until it is granted, and waits in between.
 *
 * Invariant: whatever the backend may have of this call is either handed over, as a Holding that is not lost,
 * or taken back by abandon(). A reply that was lost leaves that open, so the same owner asks again: drivers
 * then grant it again.
 * @module
 */
import { randomUUID } from 'node:crypto';
import { isTransient, readClock, retryAfterOf } from '@runafter/clock';
import { mayHaveBeenDone } from '@runafter/errors';
import { type GivingBack, giveBack } from './giving-back.ts';
import type { Claim, Holding } from './holding.ts';
import type { AcquireRequest, Busy, Granted, Watch } from './lease-driver.ts';

/** What is wanted, and how it is asked for. Times are milliseconds. */
export interface Wish {
  /** As the caller wrote it. */
  readonly givenName: string;
  /** As the driver gets it. */
  readonly name: string;
  readonly ttl: number;
  readonly weight: number;
  /** The longest wait between two requests. */
  readonly poll: number;
  /** What owners begin with. */
  readonly holder: string;
}

/** What all acquisitions of one lock share. */
export interface AcquisitionTools<H extends Holding> extends GivingBack {
  readonly hold: (claim: Claim) => Promise<H>;
  /** Somebody has had to wait before: who comes now listens before it asks, and so asks once less. */
  contended: boolean;
}

/** For how many polls a place in the line is kept: one request may be lost, and one be slow. */
const pollsOfPlace = 3;

/** In milliseconds: who waits for an expiry asks so much later at most, not all at once. */
const spread = 5;

export class Acquisition<H extends Holding> {
  readonly #tools: AcquisitionTools<H>;
  readonly #wish: Wish;
  #owner: string;
  /** The end of the request that is under way. Never rejects. */
  #asked: Promise<void> = Promise.resolve();
  /** What was granted, until it is found to be lost. */
  #holding: H | undefined;
  /** The backend may have something of this owner: a grant, or a place in the line. */
  #mayRemain = false;
  /** A request of this owner has failed that may have been carried out, or may yet be. */
  #inDoubt = false;
  #busy: Busy | undefined;
  #failure: unknown;
  #watch: Watch | undefined;
  #isWoken = false;
  #wake: () => void = ignore;
  #pauses = 0;

  constructor(tools: AcquisitionTools<H>, wish: Wish) {
    this.#tools = tools;
    this.#wish = wish;
    this.#owner = newOwner(wish);
  }

  /** The owner who had it when it was last asked for, where that is known. */
  get heldBy(): string | undefined {
    return this.#busy?.heldBy;
  }

  /** Why the last request failed, if it did. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Asks once. */
  try(signal: AbortSignal | undefined): Promise<H | undefined> {
    return this.#ask(undefined, signal);
  }

  /** Asks until it is granted, the signal aborts, or the service refuses. */
  async wait(signal: AbortSignal): Promise<H> {
    if (this.#tools.contended) this.#listen();
    for (;;) {
      signal.throwIfAborted();
      this.#isWoken = false;
      const holding = await this.#askPatiently(signal);
      if (holding !== undefined) return holding;
      this.#tools.contended = true;
      this.#listen();
      await this.#pause(signal);
    }
  }

  /** Leaves nothing behind. For who has been handed nothing; never rejects. */
  async abandon(): Promise<void> {
    this.#unlisten();
    await this.#asked;
    if (this.#holding !== undefined) await this.#holding.release().catch(ignore);
    else if (this.#mayRemain) await giveBack(this.#tools, this.#request).catch(ignore);
  }

  get #request() {
    return { name: this.#wish.name, owner: this.#owner };
  }

  /** @returns undefined also for a failure that may pass. */
  async #askPatiently(signal: AbortSignal): Promise<H | undefined> {
    try {
      const holding = await this.#ask(this.#wish.poll * pollsOfPlace, signal);
      this.#failure = undefined;
      return holding;
    } catch (error) {
      if (!isTransient(error)) throw error;
      this.#failure = error;
      return undefined;
    }
  }

  #ask(place: number | undefined, signal: AbortSignal | undefined): Promise<H | undefined> {
    const asking = this.#askOnce(place, signal);
    this.#asked = asking.then(ignore, ignore);
    return asking;
  }

  async #askOnce(
    place: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<H | undefined> {
    const { ttl, weight, givenName } = this.#wish;
    const requestedAt = readClock(this.#tools.clock);
    const reply = await this.#send({ ...this.#request, ttl, weight, place }, signal);
    if (!reply.granted) {
      this.#busy = reply;
      return undefined;
    }
    const claim = { ...this.#request, ttl, weight, givenName, granted: reply, requestedAt };
    const holding = await this.#tools.hold(claim);
    this.#unlisten();
    if (!holding.lost) {
      this.#holding = holding;
      return holding;
    }
    // Granted so late that its time was over: somebody else may have it by now, so this owner is done.
    await holding.ended;
    this.#owner = newOwner(this.#wish);
    this.#mayRemain = false;
    this.#inDoubt = false;
    return undefined;
  }

  async #send(request: AcquireRequest, signal: AbortSignal | undefined): Promise<Granted | Busy> {
    this.#mayRemain = true;
    try {
      const reply = await this.#tools.driver.acquire(request, { signal });
      if (!reply.granted) this.#mayRemain = this.#inDoubt || request.place !== undefined;
      return reply;
    } catch (error) {
      if (signal?.aborted || mayHaveBeenDone(error)) this.#inDoubt = true;
      throw error;
    }
  }

  #listen(): void {
    this.#watch ??= this.#tools.driver.watch?.(this.#request, () => {
      this.#isWoken = true;
      this.#wake();
    });
  }

  #unlisten(): void {
    this.#watch?.stop();
    this.#watch = undefined;
  }

  /** Until it is worth asking again. */
  #pause(signal: AbortSignal): Promise<void> {
    this.#pauses++;
    if (this.#isWoken) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const onEnd = (settle: () => void) => () => {
        cancelTimer();
        signal.removeEventListener('abort', abort);
        this.#wake = ignore;
        settle();
      };
      const abort = onEnd(() => reject(signal.reason));
      this.#wake = onEnd(resolve);
      const cancelTimer = this.#tools.clock.setTimer(this.#longestPause(), this.#wake);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
  }

  #longestPause(): number {
    const { random = Math.random } = this.#tools;
    if (this.#failure !== undefined) return retryAfterOf(this.#failure, this.#tools.clock) ?? this.#backoff(random);
    const interval = this.#watch?.hears
      ? this.#wish.poll * (0.75 + random() / 4)
      : this.#backoff(random);
    const { freeIn = interval } = this.#busy ?? {};
    return Math.min(interval, freeIn + random() * spread);
  }

  /** From an eighth of the poll on it doubles, half of it by chance, so that contenders spread. */
  #backoff(random: () => number): number {
    const { poll } = this.#wish;
    const cap = Math.min(poll, poll * 2 ** (this.#pauses - 4));
    return (cap * (1 + random())) / 2;
  }
}

function newOwner({ holder }: Wish): string {
  return `${holder}:${randomUUID()}`;
}

function ignore(): void {}
