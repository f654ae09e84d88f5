/**
 * The store that all processes share, with a record of what takes effect in it.
 * @module
 */
import type { OutcomeEntry, Recorded, RunStore, Writer } from '../../src/index.ts';
import type { StoredFacts } from './stored-facts.ts';
import { type StoreCall, WatchedStore } from './watched-store.ts';

export class ObservedStore extends WatchedStore {
  readonly #facts: StoredFacts;

  constructor(inner: RunStore, facts: StoredFacts) {
    super(inner);
    this.#facts = facts;
  }

  override async recordOutcome(writer: Writer, entry: OutcomeEntry): Promise<Recorded> {
    const recorded = await super.recordOutcome(writer, entry);
    this.#facts.recorded(entry, recorded);
    return recorded;
  }

  override async saveState(writer: Writer, path: string, state: string): Promise<boolean> {
    const isSaved = await super.saveState(writer, path, state);
    if (isSaved) this.#facts.saved(path, state);
    return isSaved;
  }

  protected write<T>(call: StoreCall<T>): Promise<T> {
    return call(this.inner);
  }

  protected read<T>(call: StoreCall<T>): Promise<T> {
    return call(this.inner);
  }
}
