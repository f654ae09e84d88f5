/**
 * A store as one process sees it, up to the write at which that process comes to its end.
 *
 * Invariant: from the moment of death nothing reaches the store that is shared, and nothing comes back
 * from it. What an order to stop, or a fault, leaves of the process can still give back its lease.
 * @module
 */
import type { RunStore, StoredSignal } from '../../src/index.ts';
import type { Crash, Fate } from './crash.ts';
import { type StoreCall, WatchedStore } from './watched-store.ts';

export interface MortalStoreParts {
  /** Shared by all processes. */
  readonly inner: RunStore;
  readonly crash: Pick<Crash, 'write' | 'fate'> | undefined;
  /** Turns of the event loop that the answer to a write takes. */
  readonly lag: () => number;
  /** The process has met its fate. */
  readonly met: (fate: Fate) => void;
}

export class MortalStore extends WatchedStore {
  /** How many writes have been called. */
  writes = 0;
  #isDead = false;
  readonly #parts: MortalStoreParts;

  constructor(parts: MortalStoreParts) {
    super(parts.inner);
    this.#parts = parts;
  }

  override onSignal(runId: string, listener: (signal?: StoredSignal) => void): () => void {
    return super.onSignal(runId, (signal) => {
      if (!this.#isDead) listener(signal);
    });
  }

  protected async read<T>(call: StoreCall<T>): Promise<T> {
    if (this.#isDead) return silence();
    const answer = await call(this.inner);
    return this.#isDead ? silence() : answer;
  }

  /** Takes effect before it returns its promise, as the port wants the order of writes kept. */
  protected async write<T>(call: StoreCall<T>): Promise<T> {
    if (this.#isDead) return silence();
    const { crash, lag } = this.#parts;
    const fate = ++this.writes === crash?.write ? crash.fate : undefined;
    if (fate === 'dies before') return this.#die(fate);
    if (fate === 'refused') throw this.#fault(fate);
    const answer = call(this.inner);
    if (fate === 'dies after') return this.#die(fate);
    if (fate !== undefined) this.#parts.met(fate);
    const given = await answer;
    for (let turns = lag(); turns > 0; turns--) await nextTurn();
    if (fate === 'unheard') throw new StoreFault(fate);
    return this.#isDead ? silence() : given;
  }

  #die(fate: Fate): Promise<never> {
    this.#isDead = true;
    this.#parts.met(fate);
    return silence();
  }

  #fault(fate: Fate): StoreFault {
    this.#parts.met(fate);
    return new StoreFault(fate);
  }
}

/** What a store rejects with that is out of order. */
export class StoreFault extends Error {}

/** Nobody is there any more who could answer, or hear it. */
function silence(): Promise<never> {
  return new Promise(() => undefined);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
