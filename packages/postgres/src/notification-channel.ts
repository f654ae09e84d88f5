/**
 * A channel that is listened to for as long as it is open: when its session is lost, another one is opened.
 *
 * Invariant: what was sent while no session listened is never heard. So `onHears` is told of every session
 * that begins to hear: then there is something to be caught up with.
 * Read next: listen.ts, one session.
 * @module
 */
import { backoff, type Clock, exponential } from '@runafter/clock';
import type { Connection } from './connection.ts';
import { listen } from './listen.ts';

/** How long a session stays that nobody needs, in milliseconds. */
const keptIdle = 30_000;

/** Until it listens again. Where it never hears, as behind a pooler, each try costs a connection. */
const betweenSessions = exponential({ count: 1, interval: '250ms', maximum: '1m' });

/** What is told of a channel. */
export interface ChannelEvents {
  readonly onHears: () => void;
  readonly onNotification: (payload: string) => void;
}

export class NotificationChannel {
  readonly #connection: Connection;
  readonly #channel: string;
  readonly #clock: Clock;
  readonly #events: ChannelEvents;
  /** Ends what listens. */
  #stop: AbortController | undefined;
  #listening: Promise<void> | undefined;
  #hears = false;
  #cancelTimer = ignore;

  /** @param channel - an identifier that needs no quotes. */
  constructor(connection: Connection, channel: string, clock: Clock, events: ChannelEvents) {
    this.#connection = connection;
    this.#channel = channel;
    this.#clock = clock;
    this.#events = events;
  }

  /** Whether what is sent now is heard. */
  get hears(): boolean {
    return this.#hears;
  }

  /** Listens from now on. May be called again. */
  open(): void {
    this.#cancelTimer();
    if (this.#stop !== undefined) return;
    this.#stop = new AbortController();
    this.#listening = this.#keepListening(this.#stop.signal);
  }

  /** Closes it after a while, unless it is opened again. */
  closeSoon(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.setTimer(keptIdle, () => void this.close(), { ref: false });
  }

  /** Resolves when the session has ended. */
  async close(): Promise<void> {
    this.#cancelTimer();
    this.#stop?.abort();
    this.#stop = undefined;
    this.#hears = false;
    await this.#listening;
  }

  async #keepListening(signal: AbortSignal): Promise<void> {
    let failures = 0;
    const onHears = () => {
      failures = 0;
      this.#hears = true;
      this.#events.onHears();
    };
    const { onNotification } = this.#events;
    while (!signal.aborted) {
      const to = { connection: this.#connection, channel: this.#channel, clock: this.#clock };
      await listen({ ...to, signal, onHears, onNotification }).catch(ignore);
      if (signal.aborted) return;
      this.#hears = false;
      failures++;
      await this.#pause(failures, signal);
    }
  }

  #pause(failures: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancelTimer();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const wait = backoff(betweenSessions, failures);
      const cancelTimer = this.#clock.setTimer(wait, end, { ref: false });
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

function ignore(): void {}
