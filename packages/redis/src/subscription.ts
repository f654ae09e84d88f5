/**
 * One connection that hears channels, from when it is open until it ends, for whatever reason.
 *
 * Invariant: an end is noticed, also when the server has vanished without a word: a connection that only hears
 * would wait for ever, so it asks now and then.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { Redis } from 'ioredis';

/** Milliseconds from one question to the next, and so the time for its answer. */
const askEvery = 3_000;

/** What is heard, and by whom. */
export interface SubscriptionOptions {
  readonly clock: Clock;
  /** Whether it keeps the process alive. Default false: whoever waits has a timer that does, and others need not hear. */
  readonly keepsAlive?: boolean;
  /** Whether anybody would miss a message: if not, nothing is asked. */
  readonly isNeeded: () => boolean;
  readonly onMessage: (message: string, channel: string) => void;
}

export class Subscription {
  /** Resolves when no message will be heard any more. Never rejects. */
  readonly ended: Promise<void>;
  readonly #client: Redis;
  readonly #options: SubscriptionOptions;
  readonly #resolveEnded: () => void;
  #isEnded = false;
  #cancelTimer: () => void = ignore;

  /** @param client - one that is not connected yet; it belongs to the subscription. */
  constructor(client: Redis, options: SubscriptionOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    this.#client = client;
    this.#options = options;
    client.on('error', ignore);
    client.once('end', () => this.end());
    client.on('message', (channel, message) => options.onMessage(message, channel));
  }

  /** Rejects with what ioredis says, and when it was ended before; then it has ended. */
  async open(): Promise<void> {
    try {
      if (this.#isEnded) throw new Error('the subscription has been ended');
      await this.#client.connect();
      if (!this.#options.keepsAlive) this.#client.stream.unref();
      this.#askLater();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Resolves when the channel is heard. Rejects with what ioredis says; then the subscription has ended. */
  async enter(channel: string): Promise<void> {
    try {
      await this.#client.subscribe(channel);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** In the background: what is still heard of the channel does no harm. */
  leave(channel: string): void {
    this.#client.unsubscribe(channel).catch(ignore);
  }

  /** Also of a connection that has no other side any more, which would take its time to close. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#cancelTimer();
    this.#client.disconnect();
    this.#resolveEnded();
  }

  #askLater(): void {
    if (this.#isEnded) return;
    const ask = () => (this.#options.isNeeded() ? this.#ask() : this.#askLater());
    this.#cancelTimer = this.#options.clock.setTimer(askEvery, ask, { ref: false });
  }

  /** Any reply tells that somebody is there, also a refusal. */
  #ask(): void {
    this.#cancelTimer = this.#options.clock.setTimer(askEvery, () => this.end(), { ref: false });
    const answered = () => {
      this.#cancelTimer();
      this.#askLater();
    };
    this.#client.ping().then(answered, answered);
  }
}

function ignore(): void {}
