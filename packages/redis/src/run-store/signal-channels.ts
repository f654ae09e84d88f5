/**
 * Hears of the signals of runs: a channel for each run that somebody listens to, all on one connection, which
 * is opened when somebody listens first.
 *
 * Invariant: no signal is missed. From the moment that a channel is heard, whatever is published there reaches
 * its listeners; what came before, or while the connection was lost, is what they are woken for then, to read.
 * Read next: kept-subscription.ts.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { StoredSignal } from '@runafter/core';
import { KeptSubscription } from '../kept-subscription.ts';
import type { RedisConnection } from '../redis-connection.ts';
import type { Subscription } from '../subscription.ts';
import { unpackSignal } from './run-fields.ts';

type Listener = (signal?: StoredSignal) => void;

export class SignalChannels {
  /** By channel. One that nobody listens to is not in it. */
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #subscription: KeptSubscription;

  constructor(connection: RedisConnection, clock: Clock) {
    this.#subscription = new KeptSubscription(connection, {
      clock,
      keepsAlive: true,
      isNeeded: () => this.#listeners.size > 0,
      onOpen: async (subscription) => {
        const channels = [...this.#listeners.keys()];
        await Promise.all(channels.map((channel) => this.#enter(subscription, channel)));
      },
      onMessage: (message, channel) => this.#tell(channel, message),
    });
  }

  /** @returns ends it. */
  listen(channel: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    // A function of its own: the same listener may be there more than once.
    const own: Listener = (signal) => listener(signal);
    listeners.add(own);
    const { open } = this.#subscription;
    // One that cannot be entered has ended, and what comes after it is entered when it opens.
    if (listeners.size === 1 && open !== undefined) this.#enter(open, channel).catch(ignore);
    this.#subscription.keep();
    return () => {
      listeners.delete(own);
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      this.#subscription.open?.leave(channel);
    };
  }

  close(): void {
    this.#listeners.clear();
    this.#subscription.close();
  }

  async #enter(subscription: Subscription, channel: string): Promise<void> {
    await subscription.enter(channel);
    this.#tell(channel, undefined);
  }

  #tell(channel: string, message: string | undefined): void {
    const listeners = this.#listeners.get(channel);
    if (listeners === undefined) return;
    const signal = message ? unpackSignal(message) : undefined;
    for (const listener of [...listeners]) {
      if (listeners.has(listener)) listener(signal);
    }
  }
}

function ignore(): void {}
