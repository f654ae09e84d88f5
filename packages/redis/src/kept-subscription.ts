/**
 * A subscription for as long as somebody needs it: when its connection is lost, another one is opened.
 *
 * Invariant: nothing depends on a message. What is published while there is no connection is told to nobody, so
 * whoever listens asks for it when there is one again. Read next: subscription.ts, one such connection.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import type { RedisConnection } from './redis-connection.ts';
import { redisFault } from './redis-errors.ts';
import { Subscription, type SubscriptionOptions } from './subscription.ts';

/**
 * Milliseconds between two attempts to connect: from the shorter on it doubles; and after a refusal, such as of a
 * user without a right to channels, which somebody may give him.
 */
const pauses = { shortest: 50, longest: 2_000, refused: 60_000 };

/** Who needs it, and what for. */
export interface KeptSubscriptionOptions extends SubscriptionOptions {
  /** Enters the channels on a connection that was opened. When it rejects, the connection is given up. */
  readonly onOpen: (subscription: Subscription) => Promise<void>;
}

export class KeptSubscription {
  readonly #connection: RedisConnection;
  readonly #options: KeptSubscriptionOptions;
  readonly #clock: Clock;
  #isKept = false;
  #subscription: Subscription | undefined;
  #isOpen = false;
  #endPause: () => void = ignore;
  #isClosed = false;

  constructor(connection: RedisConnection, options: KeptSubscriptionOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#clock = options.clock;
  }

  /** The one that can be entered now. */
  get open(): Subscription | undefined {
    return this.#isOpen ? this.#subscription : undefined;
  }

  /** Somebody needs it from now on. */
  keep(): void {
    if (!this.#isKept && !this.#isClosed) void this.#keep();
  }

  close(): void {
    this.#isClosed = true;
    this.#subscription?.end();
    this.#endPause();
  }

  /** Until nobody needs it any more. Never rejects. */
  async #keep(): Promise<void> {
    this.#isKept = true;
    let pause: number = pauses.shortest;
    while (this.#options.isNeeded() && !this.#isClosed) {
      try {
        await this.#hear();
        pause = pauses.shortest;
      } catch (error) {
        const isRefused = hasCode(redisFault(this.#connection.name, error), 'SERVICE_REFUSED');
        pause = isRefused ? pauses.refused : Math.min(pauses.longest, pause * 2);
      }
      if (!this.#isClosed) await this.#pause(pause);
    }
    // In the same step as the last look at who needs it, so that the next one starts it again.
    this.#isKept = false;
  }

  /** Resolves when the connection has ended; rejects when there was none. */
  async #hear(): Promise<void> {
    const subscription = new Subscription(await this.#connection.duplicate(), this.#options);
    this.#subscription = subscription;
    if (this.#isClosed) subscription.end();
    try {
      await subscription.open();
      this.#isOpen = true;
      await this.#options.onOpen(subscription);
      await subscription.ended;
    } finally {
      this.#isOpen = false;
      subscription.end();
    }
  }

  #pause(ms: number): Promise<void> {
    const { keepsAlive = false } = this.#options;
    return new Promise((resolve) => {
      const cancelTimer = this.#clock.setTimer(ms, resolve, { ref: keepsAlive });
      this.#endPause = () => {
        cancelTimer();
        resolve();
      };
    });
  }
}

function ignore(): void {}
