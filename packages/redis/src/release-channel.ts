/**
 * Hears of releases: one channel for a lock object, on a connection of its own that is opened when somebody
 * first has to wait.
 *
 * Invariant: nothing depends on a message. While the connection is lost, `hears` is false and waiters poll;
 * when it is back, all of them are woken, for what was released in between was told to nobody.
 * Read next: kept-subscription.ts.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@runafter/clock';
import type { Watch } from '@runafter/lock';
import { Watchers } from '@runafter/lock/leasing';
import { KeptSubscription } from './kept-subscription.ts';
import type { RedisConnection } from './redis-connection.ts';
import type { Subscription } from './subscription.ts';

export class ReleaseChannel {
  /** Of this lock object alone; no other one of any process has the same. A message is the owner to wake. */
  readonly name: string;
  readonly #watchers = new Watchers();
  readonly #subscription: KeptSubscription;
  /** The connection on which the channel is heard, while that is open. */
  #heard: Subscription | undefined;

  /** @param prefix - what the name begins with. */
  constructor(connection: RedisConnection, prefix: string, clock: Clock) {
    this.name = `${prefix}released:${randomUUID()}`;
    this.#subscription = new KeptSubscription(connection, {
      clock,
      isNeeded: () => this.#watchers.size > 0,
      onOpen: async (subscription) => {
        await subscription.enter(this.name);
        this.#heard = subscription;
        this.#watchers.wakeAll();
      },
      onMessage: (owner) => this.#watchers.wake(owner),
    });
  }

  /** Of an owner there may be several, also such as wait for different names: all of them are woken. */
  watch({ owner }: { readonly owner: string }, wake: () => void): Watch {
    const stop = this.#watchers.add(owner, wake);
    this.#subscription.keep();
    const hears = () => this.#heard !== undefined && this.#heard === this.#subscription.open;
    return {
      get hears() {
        return hears();
      },
      stop,
    };
  }

  close(): void {
    this.#subscription.close();
  }
}
