/**
 * Tells subscribers of signals: at once of those that this store has written, by looking now and then of
 * those that others have. Only the former have the signal at hand; the others are to be read.
 *
 * SQLite cannot tell one process of another one's commit, but `data_version` says cheaply whether there
 * was any. One timer for the whole store, and only while there are subscribers; it keeps the process
 * alive, which would otherwise end while a run waits for somebody else's signal.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { StoredSignal } from '@runafter/core';
import type { Connection } from '../connection.ts';
import type { Database } from '../database.ts';
import { fromStoredText } from '../stored-text.ts';

type Listener = (signal?: StoredSignal) => void;

export class SignalWatch {
  readonly #database: Database;
  readonly #clock: Clock;
  /** Milliseconds from one look to the next. */
  readonly #poll: number;
  readonly #listeners = new Map<string, Set<Listener>>();
  #cancelTimer: (() => void) | undefined;
  #dataVersion: unknown;
  /** The number of the newest signal that was seen, over all runs. */
  #lastArrival = 0;

  constructor(database: Database, clock: Clock, poll: number) {
    this.#database = database;
    this.#clock = clock;
    this.#poll = poll;
  }

  subscribe(runId: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(runId) ?? new Set();
    this.#listeners.set(runId, listeners);
    // A function of its own: the same listener may be subscribed more than once.
    const subscription: Listener = (signal) => listener(signal);
    listeners.add(subscription);
    this.#lookLater();
    return () => {
      listeners.delete(subscription);
      if (listeners.size === 0 && this.#listeners.get(runId) === listeners) {
        this.#listeners.delete(runId);
      }
      if (this.#listeners.size === 0) this.#stopLooking();
    };
  }

  /** Calls those who have subscribed to a run. */
  wake(runId: string, signal?: StoredSignal): void {
    const listeners = this.#listeners.get(runId);
    for (const listener of [...(listeners ?? [])]) {
      if (listeners?.has(listener)) listener(signal);
    }
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#listeners.clear();
    this.#stopLooking();
  }

  #stopLooking(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #lookLater(): void {
    if (this.#cancelTimer !== undefined || !this.#database.isShared) return;
    if (this.#listeners.size === 0 || this.#database.isClosing) return;
    this.#cancelTimer = this.#clock.setTimer(this.#poll, () => void this.#look());
  }

  async #look(): Promise<void> {
    let runIds: readonly string[] = [];
    try {
      runIds = await this.#database.read((connection) => this.#signalled(connection));
    } catch {
      // Nobody has asked, so nobody can be told; whoever reads or writes next will be.
    }
    for (const runId of runIds) this.wake(runId);
    this.#cancelTimer = undefined;
    this.#lookLater();
  }

  /** The runs that got signals since the last look. */
  #signalled(connection: Connection): string[] {
    const version = connection.statement('PRAGMA data_version').get()?.data_version;
    if (version === this.#dataVersion) return [];
    const rows = connection
      .statement(`
        SELECT run.id, max(arrival) AS arrival FROM signal JOIN run ON run.number = signal.run
        WHERE arrival > ? GROUP BY run.number`)
      .all(this.#lastArrival);
    this.#dataVersion = version;
    this.#lastArrival = Math.max(this.#lastArrival, ...rows.map(({ arrival }) => Number(arrival)));
    return rows.map(({ id }) => fromStoredText(String(id)));
  }
}
