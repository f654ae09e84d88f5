/**
 * Hears of releases: one channel for a lock object, on a connection of its own that is opened when somebody
 * first has to wait.
 *
 * Invariant: nothing depends on a message. While the connection is lost, `hears` is false and waiters poll;
 * when it is back, all of them are woken, for what was released in between was told to nobody.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '@runafter/clock';
import type { LeaseRequest, Watch } from '@runafter/lock';
import type { Redis } from 'ioredis';
import type { RedisConnection } from './redis-connection.ts';

/** Milliseconds between two attempts to connect: from the shorter on it doubles. */
const pauses = { shortest: 50, longest: 2_000 };

export class ReleaseChannel {
  /** Of this lock object alone; no other one of any process has the same. A message is the owner to wake. */
  readonly name: string;
  readonly #connection: RedisConnection;
  readonly #clock: Clock;
  readonly #watchers = new Map<string, () => void>();
  #listening: Promise<void> | undefined;
  #subscriber: Redis | undefined;
  #hears = false;
  #isClosed = false;

  /** @param prefix - what the name begins with. */
  constructor(connection: RedisConnection, prefix: string, clock: Clock) {
    this.#connection = connection;
    this.name = `${prefix}released:${randomUUID()}`;
    this.#clock = clock;
  }

  /** One for an owner. */
  watch({ owner }: LeaseRequest, wake: () => void): Watch {
    this.#watchers.set(owner, wake);
    this.#listening ??= this.#listen().finally(() => {
      this.#listening = undefined;
    });
    const hears = () => this.#hears;
    return {
      get hears() {
        return hears();
      },
      stop: () => {
        if (this.#watchers.get(owner) === wake) this.#watchers.delete(owner);
      },
    };
  }

  close(): void {
    this.#isClosed = true;
    this.#subscriber?.disconnect();
  }

  /** Until nobody watches who could be told. Never rejects. */
  async #listen(): Promise<void> {
    let failures = 0;
    while (this.#watchers.size > 0 && !this.#isClosed) {
      const ended = await this.#subscribe().catch(() => undefined);
      failures = ended === undefined ? failures + 1 : 0;
      await ended?.promise;
      this.#hears = false;
      if (!this.#isClosed) await this.#pause(failures);
    }
  }

  /** @returns the end of the connection, when its messages are heard. */
  async #subscribe(): Promise<PromiseWithResolvers<void>> {
    const subscriber = await this.#connection.duplicate();
    const ended = Promise.withResolvers<void>();
    subscriber.on('error', () => {});
    subscriber.once('end', ended.resolve);
    subscriber.on('message', (_channel, owner) => this.#watchers.get(owner)?.());
    this.#subscriber = subscriber;
    try {
      if (this.#isClosed) throw new Error('closed');
      await subscriber.connect();
      // Who waits has a timer that keeps the process alive; who does not wait need not hear.
      subscriber.stream.unref();
      await subscriber.subscribe(this.name);
    } catch (error) {
      subscriber.disconnect();
      throw error;
    }
    this.#hears = true;
    for (const wake of this.#watchers.values()) wake();
    return ended;
  }

  #pause(failures: number): Promise<void> {
    const ms = Math.min(pauses.longest, pauses.shortest * 2 ** failures);
    return new Promise((resolve) => {
      this.#clock.setTimer(ms, resolve, { ref: false });
    });
  }
}
