/**
 * Tells who waits for a lock or a pool that something was released: one session that listens, for all names of a
 * lock object or of a store of pools.
 *
 * Invariant: a notification that is lost costs time only. So there is none to be caught up with after the
 * session was: when it hears again, all who wait are woken, and ask.
 * Read next: listen.ts, one session.
 * @module
 */
import { backoff, type Clock, exponential } from '@runafter/clock';
import type { Watch } from '@runafter/lock';
import { Watchers } from '@runafter/lock/leasing';
import type { Connection } from './connection.ts';
import { listen } from './listen.ts';

/** How long a session stays that nobody needs, in milliseconds. */
const keptIdle = 30_000;

/** Until it listens again. Where it never hears, as behind a pooler, each try costs a connection. */
const betweenSessions = exponential({ count: 1, interval: '250ms', maximum: '1m' });

export class ReleaseListener {
  readonly #connection: Connection;
  readonly #channel: string;
  readonly #clock: Clock;
  /** Whom to wake, by the stored name. */
  readonly #watchers = new Watchers();
  /** Ends what listens. */
  #stop: AbortController | undefined;
  #listening: Promise<void> | undefined;
  #hears = false;
  #cancelTimer = ignore;

  /** @param channel - an identifier that needs no quotes. */
  constructor(connection: Connection, channel: string, clock: Clock) {
    this.#connection = connection;
    this.#channel = channel;
    this.#clock = clock;
  }

  /** Whether somebody here waits for a name, and is told of its release when it comes. */
  hearsOf(name: string): boolean {
    return this.#hears && this.#watchers.has(name);
  }

  /** Calls `wake` after releases of a name. The first watch opens the session. */
  watch(name: string, wake: () => void): Watch {
    const stop = this.#watchers.add(name, wake);
    this.#cancelTimer();
    this.#start();
    // A getter's `this` is the watch.
    const hears = () => this.#hears;
    return {
      get hears() {
        return hears();
      },
      stop: () => {
        stop();
        if (this.#watchers.size === 0) this.#endSoon();
      },
    };
  }

  /** Resolves when the session has ended. */
  async close(): Promise<void> {
    this.#cancelTimer();
    this.#stop?.abort();
    this.#stop = undefined;
    this.#hears = false;
    await this.#listening;
  }

  #endSoon(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.setTimer(keptIdle, () => void this.close(), { ref: false });
  }

  #start(): void {
    if (this.#stop !== undefined) return;
    this.#stop = new AbortController();
    this.#listening = this.#keepListening(this.#stop.signal);
  }

  async #keepListening(signal: AbortSignal): Promise<void> {
    let failures = 0;
    const onHears = () => {
      failures = 0;
      this.#hears = true;
      this.#watchers.wakeAll();
    };
    const onNotification = (payload: string) => this.#watchers.wake(payload);
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
