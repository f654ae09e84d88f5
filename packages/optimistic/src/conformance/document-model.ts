/**
 * What a store promises one caller at a time, as a Map: the answers that the random programs compare with.
 * @module
 */
import { admits, type StoredFence } from '../fence.ts';
import type { Command } from './model-commands.ts';

interface Entry {
  /** Undefined when only a tombstone is there. */
  readonly count: number | undefined;
  readonly fence: StoredFence | undefined;
}

export class DocumentModel {
  readonly #entries = new Map<string, Entry>();
  readonly #versions = new Map<string, number>();

  /** Does it, and says how it is answered: 'done' or the code of the refusal. */
  apply(command: Command): string {
    const entry = this.#entries.get(command.key);
    const fence = command.fence && {
      token: BigInt(command.fence.token),
      owner: command.fence.owner,
    };
    const isThere = entry?.count !== undefined;
    if (command.call === 'create' && isThere) return 'DOCUMENT_EXISTS';
    if (command.call !== 'create' && !(isThere && this.#isNewest(command))) return 'ETAG_MISMATCH';
    if (!admits(entry?.fence, fence)) return fence ? 'FENCE_STALE' : 'FENCE_REQUIRED';

    if (command.call !== 'remove') {
      this.#entries.set(command.key, { count: command.count, fence });
      this.#versions.set(command.key, (this.#versions.get(command.key) ?? 0) + 1);
    } else if (fence) {
      this.#entries.set(command.key, { count: undefined, fence });
    } else {
      this.#entries.delete(command.key);
    }
    return 'done';
  }

  /** The documents that can be read. */
  *contents(): Generator<[key: string, count: number]> {
    for (const [key, { count }] of this.#entries) {
      if (count !== undefined) yield [key, count];
    }
  }

  #isNewest({ key, age }: Command): boolean {
    return age === 0 && (this.#versions.get(key) ?? 0) > 0;
  }
}
