/**
 * Tells who waits for a lock or a pool that something was released: one session that listens, for all names of a
 * lock object or of a store of pools.
 *
 * Invariant: a notification that is lost costs time only. So there is none to be caught up with after the
 * session was: when it hears again, all who wait are woken, and ask.
 * Read next: notification-channel.ts, which keeps it listening.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { Watch } from '@runafter/lock';
import { Watchers } from '@runafter/lock/leasing';
import type { Connection } from './connection.ts';
import { NotificationChannel } from './notification-channel.ts';

export class ReleaseListener {
  readonly #channel: NotificationChannel;
  /** Whom to wake, by the stored name. */
  readonly #watchers = new Watchers();

  /** @param channel - an identifier that needs no quotes. */
  constructor(connection: Connection, channel: string, clock: Clock) {
    this.#channel = new NotificationChannel(connection, channel, clock, {
      onHears: () => this.#watchers.wakeAll(),
      onNotification: (name) => this.#watchers.wake(name),
    });
  }

  /** Whether somebody here waits for a name, and is told of its release when it comes. */
  hearsOf(name: string): boolean {
    return this.#channel.hears && this.#watchers.has(name);
  }

  /** Calls `wake` after releases of a name. The first watch opens the session. */
  watch(name: string, wake: () => void): Watch {
    const stop = this.#watchers.add(name, wake);
    this.#channel.open();
    const channel = this.#channel;
    return {
      get hears() {
        return channel.hears;
      },
      stop: () => {
        stop();
        if (this.#watchers.size === 0) this.#channel.closeSoon();
      },
    };
  }

  /** Resolves when the session has ended. */
  close(): Promise<void> {
    return this.#channel.close();
  }
}
