/**
 * The items of a loop over an array, kept in the store in parts, so that reading one item of a million
 * reads a thousand.
 * @module
 */
import type { ActionState } from '../engine/action-state.ts';
import { chunkPath, statePath } from './place.ts';
import { readOrEnd } from './read-or-end.ts';
import type { JournalParts } from './run-journal.ts';

const chunkSize = 1_000;

/** In how many parts so many items are kept. */
export function chunkCount(items: number): number {
  return Math.ceil(items / chunkSize);
}

export class StoredItems {
  readonly #parts: JournalParts;
  readonly #loop: string;
  readonly #secure: boolean;
  /** The part that was read last: items are asked for in order. */
  #chunk: { readonly number: number; readonly items: readonly unknown[] } | undefined;

  constructor(parts: JournalParts, state: ActionState) {
    this.#parts = parts;
    this.#loop = statePath(state);
    this.#secure = state.node.secureInputs;
  }

  /**
   * Keeps all items; returns once they are stored.
   *
   * @param write - prepares a write and does it, and ends the run where either fails.
   * @throws {NotStorableError} `VALUE_NOT_STORABLE`
   */
  async keep(
    items: readonly unknown[],
    write: (
      encrypt: () => string | Promise<string>,
      save: (text: string) => Promise<boolean>,
    ) => Promise<void>,
  ): Promise<void> {
    const { sealing, store, writer } = this.#parts;
    for (let first = 0; first < items.length; first += chunkSize) {
      const number = first / chunkSize;
      const chunk = items.slice(first, first + chunkSize);
      const what = `What "${this.#loop}" goes through, from item ${first} on,`;
      const text = sealing.encode(chunk, this.#secure, what);
      if (text === undefined) continue;
      await write(
        () => sealing.encrypt(text, this.#secure, this.#what),
        (stored) => store.saveState(writer, chunkPath(this.#loop, number), stored),
      );
    }
  }

  /**
   * The item at an index; undefined when it was not kept, as a secure one without a cipher. Where it
   * cannot be read, the run ends here.
   */
  async at(index: number): Promise<unknown> {
    const number = Math.floor(index / chunkSize);
    if (this.#chunk?.number !== number) {
      const items = await readOrEnd(this.#parts, () => this.#read(number));
      this.#chunk = { number, items };
    }
    return this.#chunk.items[index % chunkSize];
  }

  async #read(number: number): Promise<readonly unknown[]> {
    const { run, sealing, store } = this.#parts;
    const text = await store.readState(run.runId, chunkPath(this.#loop, number));
    if (text === undefined) return [];
    return (await sealing.read(text, this.#what)) as readonly unknown[];
  }

  get #what(): string {
    return `the items of "${this.#loop}"`;
  }
}
