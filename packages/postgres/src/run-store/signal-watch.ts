/**
 * Tells subscribers of signals: at once of those that this store has written, by a notification of those that
 * others have, with the signal where it fits into one.
 *
 * Invariant: nothing depends on a notification. What no session hears, as behind a pooler in transaction
 * mode, is found by looking at the numbers of the newest signals: often then, else now and then, since who
 * sends may end before, and the loss of a session may be noticed late. One timer and one statement for the whole store, and only
 * while there are subscribers. The timer keeps the process alive, which would otherwise end while a run
 * waits for somebody else's signal.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { StoredSignal } from '@runafter/core';
import type { Connection } from '../connection.ts';
import { NotificationChannel } from '../notification-channel.ts';
import { fromPayload } from './signal-notice.ts';

type Listener = (signal?: StoredSignal) => void;

/** Those who have subscribed to one run. */
interface Subscribers {
  readonly listeners: Set<Listener>;
  /** The number of the newest signal that they were told of, if any was seen. */
  newest: number;
}

/** How many times longer it is from one look to the next while notifications are heard. */
const calm = 20;

/** How a watch looks for what it was not told of. */
export interface SignalLook {
  readonly clock: Clock;
  /** Milliseconds from one look to the next while notifications are not heard. */
  readonly poll: number;
  /** Gives the number of the newest signal of each run; those that are not known are left out. */
  readonly newest: (runIds: readonly string[]) => Promise<ReadonlyMap<string, number>>;
}

export class SignalWatch {
  readonly #sender: string;
  readonly #look: SignalLook;
  readonly #channel: NotificationChannel;
  readonly #subscribers = new Map<string, Subscribers>();
  #isClosed = false;
  #cancelTimer: (() => void) | undefined;

  /**
   * @param channel - an identifier that needs no quotes.
   * @param sender - what the notifications of this very store begin with: it tells of its own signals itself.
   */
  constructor(connection: Connection, channel: string, sender: string, look: SignalLook) {
    this.#sender = sender;
    this.#look = look;
    this.#channel = new NotificationChannel(connection, channel, look.clock, {
      onHears: () => this.#wakeAll(),
      onNotification: (payload) => this.#hear(payload),
    });
  }

  subscribe(runId: string, listener: Listener): () => void {
    if (this.#isClosed) return () => {};
    const subscribers = this.#subscribers.get(runId) ?? { listeners: new Set(), newest: 0 };
    this.#subscribers.set(runId, subscribers);
    // A function of its own: the same listener may be subscribed more than once.
    const subscription: Listener = (signal) => listener(signal);
    subscribers.listeners.add(subscription);
    this.#channel.open();
    this.#lookLater();
    return () => {
      subscribers.listeners.delete(subscription);
      if (subscribers.listeners.size === 0 && this.#subscribers.get(runId) === subscribers) {
        this.#subscribers.delete(runId);
      }
      if (this.#subscribers.size === 0) this.#rest();
    };
  }

  /** Calls those who have subscribed to a run. Without a signal, they are to read what there is. */
  wake(runId: string, signal?: StoredSignal): void {
    const subscribers = this.#subscribers.get(runId);
    if (subscribers === undefined) return;
    if (signal !== undefined) subscribers.newest = Math.max(subscribers.newest, signal.number);
    for (const listener of [...subscribers.listeners]) {
      if (subscribers.listeners.has(listener)) listener(signal);
    }
  }

  /** Ends all subscriptions. Resolves when the session that listens has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#subscribers.clear();
    this.#rest();
    await this.#channel.close();
  }

  #rest(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#channel.closeSoon();
  }

  #hear(payload: string): void {
    const notice = fromPayload(payload);
    if (notice === undefined || notice.sender === this.#sender) return;
    if (notice.runId === undefined) this.#wakeAll();
    else this.wake(notice.runId, notice.signal);
  }

  #wakeAll(): void {
    for (const runId of [...this.#subscribers.keys()]) this.wake(runId);
  }

  #lookLater(): void {
    if (this.#cancelTimer !== undefined || this.#subscribers.size === 0) return;
    const { clock, poll } = this.#look;
    const wait = this.#channel.hears ? poll * calm : poll;
    this.#cancelTimer = clock.setTimer(wait, () => void this.#catchUp());
  }

  async #catchUp(): Promise<void> {
    const before = this.#cancelTimer;
    try {
      const newest = await this.#look.newest([...this.#subscribers.keys()]);
      for (const [runId, number] of newest) this.#see(runId, number);
    } catch {
      // Nobody has asked, so nobody can be told; whoever reads or writes next will be.
    }
    if (this.#cancelTimer !== before) return;
    this.#cancelTimer = undefined;
    this.#lookLater();
  }

  #see(runId: string, number: number): void {
    const subscribers = this.#subscribers.get(runId);
    // Also a smaller one is new: the run was deleted and created again.
    if (subscribers === undefined || subscribers.newest === number) return;
    subscribers.newest = number;
    this.wake(runId);
  }
}
