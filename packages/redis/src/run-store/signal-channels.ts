/**
 * Hears of the signals of runs: a channel for each run that somebody listens to, all on one connection, which
 * is opened when somebody listens first.
 *
 * Invariant: no signal is missed. From the moment that a channel is heard, whatever is published there reaches
 * its listeners; what came before, or while the connection was lost, is what they are woken for then, to read.
 * Read next: subscription.ts, one such connection.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { StoredSignal } from '@runafter/core';
import { hasCode } from '@runafter/errors';
import type { RedisConnection } from '../redis-connection.ts';
import { redisFault } from '../redis-errors.ts';
import { Subscription } from '../subscription.ts';
import { unpackSignal } from './run-fields.ts';

type Listener = (signal?: StoredSignal) => void;

/** Milliseconds between two attempts to connect: it doubles; and after a refusal, which somebody may lift. */
const pauses = { shortest: 50, longest: 2_000, refused: 60_000 };

export class SignalChannels {
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  /** By channel. One that nobody listens to is not in it. */
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Whether somebody sees to it that there is a connection. */
  #isHearing = false;
  #subscription: Subscription | undefined;
  /** Whether the subscription is open, and so takes channels. */
  #isOpen = false;
  #cancelPause: (() => void) | undefined;
  #isClosed = false;

  constructor(connection: RedisConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** @returns ends it. */
  listen(channel: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    // A function of its own: the same listener may be there more than once.
    const own: Listener = (signal) => listener(signal);
    listeners.add(own);
    if (listeners.size === 1) this.#hear(channel);
    return () => {
      listeners.delete(own);
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      if (this.#isOpen) this.#subscription?.leave(channel);
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#listeners.clear();
    this.#subscription?.end();
    this.#cancelPause?.();
  }

  #hear(channel: string): void {
    if (this.#isClosed) return;
    if (!this.#isHearing) void this.#hearAll();
    else if (this.#isOpen) this.#enter(channel).catch(ignore);
  }

  /** Rejects when the subscription has ended with it; then the next one enters the channel. */
  async #enter(channel: string): Promise<void> {
    await this.#subscription?.enter(channel);
    this.#tell(channel, undefined);
  }

  /** Until nobody listens who could be told. Never rejects. */
  async #hearAll(): Promise<void> {
    this.#isHearing = true;
    let pause: number = pauses.shortest;
    while (this.#listeners.size > 0) {
      try {
        await this.#hearOnce();
        pause = pauses.shortest;
      } catch (error) {
        const isRefused = hasCode(redisFault(this.#connection.name, error), 'SERVICE_REFUSED');
        pause = isRefused ? pauses.refused : Math.min(pauses.longest, pause * 2);
      }
      if (this.#listeners.size > 0) await this.#pause(pause);
    }
    this.#isHearing = false;
  }

  /** Resolves when the connection has ended; rejects when there was none. */
  async #hearOnce(): Promise<void> {
    const subscription = new Subscription(await this.#connection.duplicate(), {
      clock: this.#clock,
      keepsAlive: true,
      isNeeded: () => this.#listeners.size > 0,
      onMessage: (message, channel) => this.#tell(channel, message),
    });
    this.#subscription = subscription;
    if (this.#isClosed) subscription.end();
    await subscription.open();
    this.#isOpen = true;
    try {
      await Promise.all([...this.#listeners.keys()].map((channel) => this.#enter(channel)));
      await subscription.ended;
    } finally {
      this.#isOpen = false;
    }
  }

  #tell(channel: string, message: string | undefined): void {
    const listeners = this.#listeners.get(channel);
    if (listeners === undefined) return;
    const signal = message ? unpackSignal(message) : undefined;
    for (const listener of [...listeners]) {
      if (listeners.has(listener)) listener(signal);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancelTimer = this.#clock.setTimer(ms, resolve);
      this.#cancelPause = () => {
        cancelTimer();
        resolve();
      };
    });
  }
}

function ignore(): void {}
