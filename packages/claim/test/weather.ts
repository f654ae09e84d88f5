/**
 * A network that delays, loses and repeats, for whatever is sent through it.
 * @module
 */
import { type Clock, type Random, untilAborted } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';

/** What may become of a request; each share is a probability. */
export interface Weather {
  /** Milliseconds that a request or a reply takes at most. */
  readonly delay: number;
  /** Requests that are lost before they are carried out, of which half say so. */
  readonly lostRequests: number;
  /** Requests whose sender is told that they are lost, and that arrive later after all. */
  readonly lateRequests: number;
  /** Replies that are lost after the request was carried out. */
  readonly lostReplies: number;
  /** Replies that come after a long time. */
  readonly slowReplies: number;
  /** Requests that hang for a minute. */
  readonly hanging: number;
}

export const fair: Weather = {
  delay: 20,
  lostRequests: 0,
  lateRequests: 0,
  lostReplies: 0,
  slowReplies: 0,
  hanging: 0,
};

/** Whatever requests go through. */
export interface Sending {
  /** @param what - such as `claim` or `write`. */
  send<T>(carryOut: () => Promise<T>, signal: AbortSignal | undefined, what: string): Promise<T>;
}

/** A network that does what a test says, and notes what it was asked and when. */
export class ScriptedNetwork implements Sending {
  /** Such as `1000 claim`. */
  readonly log: string[] = [];
  /** What becomes of a request. */
  handle: (what: string, carryOut: () => Promise<unknown>) => Promise<unknown> = (_, carryOut) =>
    carryOut();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async send<T>(
    carryOut: () => Promise<T>,
    signal: AbortSignal | undefined,
    what: string,
  ): Promise<T> {
    this.log.push(`${Math.round(this.#clock.monotonic())} ${what}`);
    return (await untilAborted(signal, this.handle(what, carryOut))) as T;
  }

  /** When it was asked for this. */
  times(what: string): number[] {
    return this.log.filter((line) => line.endsWith(` ${what}`)).map(Number.parseFloat);
  }
}

/** A request that nobody answers. */
export function noAnswer(): Promise<never> {
  return new Promise(() => {});
}

export function fault(outcome: 'not-done' | 'unknown', retryAfter?: number): Error {
  return new ServiceUnavailableError('Shaky network', outcome, { retryAfter });
}

/** The network of one process. */
export class Network implements Sending {
  /** How many requests are still answered; the process is dead when it sends the next one. */
  livesFor = Number.POSITIVE_INFINITY;
  readonly #weather: Weather;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(weather: Weather, clock: Clock, random: Random) {
    this.#weather = weather;
    this.#clock = clock;
    this.#random = random;
  }

  get isDead(): boolean {
    return this.livesFor <= 0;
  }

  async send<T>(carryOut: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (this.isDead) return await noAnswer();
    this.livesFor--;
    // What was sent goes on when its signal aborts, and may be carried out after what is sent next.
    return await untilAborted(signal, this.#travel(carryOut, signal));
  }

  async #travel<T>(carryOut: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    const { delay, lostRequests, lateRequests, lostReplies, slowReplies, hanging } = this.#weather;
    const random = this.#random;
    if (random() < hanging) await this.#clock.sleep('1m', { signal });
    await this.#clock.sleep(random() * delay);
    if (random() < lostRequests) throw fault(random() < 0.5 ? 'not-done' : 'unknown');
    if (random() < lateRequests) {
      this.#clock.setTimer(random() * 3_000, () => void carryOut().catch(() => {}));
      throw fault('unknown');
    }
    const reply = await carryOut();
    if (this.isDead) return await noAnswer();
    if (random() < lostReplies) throw fault('unknown');
    await this.#clock.sleep(random() * (random() < slowReplies ? 2_000 : delay));
    return reply;
  }
}
