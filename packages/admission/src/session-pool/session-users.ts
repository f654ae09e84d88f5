/**
 * One session a user, over all processes: each user is a pool of one, in the store of the sessions.
 *
 * Invariant: a user is waited for by nobody who holds a session. So a session never stays idle for a user, and no
 * two processes wait for each other.
 * @module
 */
import { type Pool, type PoolOptions, type PoolStore, pool } from '@runafter/claim';
import type { Held } from '@runafter/lock';

/** The right to run for a user. */
export type UserHold = Pick<Held, 'signal' | 'assertHeld' | 'release'>;

/** Who may run for a user. */
export interface Users {
  /** Undefined: the user runs in another process. Asks once. */
  tryTake(user: string): Promise<UserHold | undefined>;
  /** Gives back what tryTake() has given, for the next call of it. */
  keep(user: string, hold: UserHold): void;
  /**
   * Waits until the user runs nowhere else; then tryTake() has it.
   *
   * @returns false: the user was forgotten.
   */
  untilFree(user: string): Promise<boolean>;
  /** Nobody wants the user any more: ends the wait, and gives back what was kept. */
  forget(user: string): void;
  close(): Promise<void>;
}

/** @returns users who run in this process alone: the queue has seen to it already. */
export function usersHere(): Users {
  return {
    tryTake: async () => ({
      // Its own, for who listens to it may never stop.
      signal: new AbortController().signal,
      assertHeld() {},
      async release() {},
    }),
    keep() {},
    untilFree: async () => true,
    forget() {},
    async close() {},
  };
}

/** How long claims wait that end when they are told to. */
export const asLongAsItTakes = '365d';

interface SharedUser {
  readonly claims: Pool<string>;
  readonly forgotten: AbortController;
  kept: UserHold | undefined;
}

export class SharedUsers implements Users {
  readonly #store: PoolStore;
  readonly #name: string;
  readonly #options: PoolOptions;
  readonly #users = new Map<string, SharedUser>();
  /** Of users that were forgotten. */
  readonly #closing = new Set<Promise<void>>();

  constructor(store: PoolStore, name: string, options: PoolOptions) {
    this.#store = store;
    this.#name = name;
    this.#options = options;
  }

  async tryTake(user: string): Promise<UserHold | undefined> {
    const found = this.#of(user);
    const { kept } = found;
    found.kept = undefined;
    if (kept !== undefined && !kept.signal.aborted) return kept;
    return await found.claims.tryClaim({ mode: 'lease' });
  }

  keep(user: string, hold: UserHold): void {
    this.#of(user).kept = hold;
  }

  async untilFree(user: string): Promise<boolean> {
    const found = this.#of(user);
    const { signal } = found.forgotten;
    try {
      found.kept = await found.claims.claim({ mode: 'lease', wait: asLongAsItTakes, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !signal.aborted;
  }

  forget(user: string): void {
    const found = this.#users.get(user);
    if (found === undefined) return;
    this.#users.delete(user);
    found.forgotten.abort();
    // Ends what was kept, too.
    const closing = found.claims.close();
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing)).catch(() => {});
  }

  async close(): Promise<void> {
    for (const user of [...this.#users.keys()]) this.forget(user);
    await Promise.allSettled(this.#closing);
  }

  #of(user: string): SharedUser {
    const found = this.#users.get(user) ?? {
      claims: pool(this.#store, `${this.#name}:user:${user}`, ['session'], this.#options),
      forgotten: new AbortController(),
      kept: undefined,
    };
    this.#users.set(user, found);
    return found;
  }
}
