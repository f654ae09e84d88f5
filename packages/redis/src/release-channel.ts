/**
 * Hears of releases: one channel for a lock object, on a connection of its own that is opened when somebody
 * first has to wait.
 *
 * Invariant: nothing depends on a message. While the connection is lost, `hears` is false and waiters poll;
 * when it is back, all of them are woken, for what was released in between was told to nobody.
 * Read next: subscription.ts, one such connection.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import type { Watch } from '@runafter/lock';
import { Watchers } from '@runafter/lock/leasing';
import type { RedisConnection } from './redis-connection.ts';
import { redisFault } from './redis-errors.ts';
import { Subscription } from './subscription.ts';

/**
 * Milliseconds between two attempts to connect: from the shorter on it doubles; and after a refusal, such as of a
 * user without a right to channels, which somebody may give him.
 */
const pauses = { shortest: 50, longest: 2_000, refused: 60_000 };

export class ReleaseChannel {
  /** Of this lock object alone; no other one of any process has the same. A message is the owner to wake. */
  readonly name: string;
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #watchers = new Watchers();
  #isListening = false;
  #subscription: Subscription | undefined;
  #hears = false;
  #isClosed = false;

  /** @param prefix - what the name begins with. */
  constructor(connection: RedisConnection, prefix: string, clock: Clock) {
    this.#connection = connection;
    this.name = `${prefix}released:${randomUUID()}`;
    this.#clock = clock;
  }

  /** Of an owner there may be several, also such as wait for different names: all of them are woken. */
  watch({ owner }: { readonly owner: string }, wake: () => void): Watch {
    const stop = this.#watchers.add(owner, wake);
    if (!this.#isListening) void this.#listen();
    const hears = () => this.#hears;
    return {
      get hears() {
        return hears();
      },
      stop,
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#subscription?.end();
  }

  /** Until nobody watches who could be told. Never rejects. */
  async #listen(): Promise<void> {
    this.#isListening = true;
    let pause: number = pauses.shortest;
    while (this.#watchers.size > 0 && !this.#isClosed) {
      try {
        await this.#hear();
        pause = pauses.shortest;
      } catch (error) {
        const fault = redisFault(this.name, error);
        pause = hasCode(fault, 'SERVICE_REFUSED')
          ? pauses.refused
          : Math.min(pauses.longest, pause * 2);
      }
      if (!this.#isClosed) await this.#pause(pause);
    }
    // In the same step as the last look at the watchers, so that the next one starts it again.
    this.#isListening = false;
  }

  /** Resolves when the connection has ended; rejects when there was none. */
  async #hear(): Promise<void> {
    const subscription = new Subscription(await this.#connection.duplicate(), {
      clock: this.#clock,
      isNeeded: () => this.#watchers.size > 0,
      onMessage: (owner) => this.#watchers.wake(owner),
    });
    this.#subscription = subscription;
    if (this.#isClosed) subscription.end();
    await subscription.open();
    await subscription.enter(this.name);
    this.#hears = true;
    this.#watchers.wakeAll();
    await subscription.ended;
    this.#hears = false;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(ms, resolve, { ref: false });
    });
  }
}
