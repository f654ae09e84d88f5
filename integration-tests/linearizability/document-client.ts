/**
 * One client of a store of documents: what it does next is left to chance, and what comes of it is recorded.
 * @module
 */
import type { Random } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import {
  type DocumentStore,
  type StoredDocument,
  update,
  type WriteOptions,
} from '@runafter/optimistic';
import type { HistoryRecorder } from '@runafter/testkit';
import type { Journal } from '../chaos/state/backend.ts';
import { chance, pick } from './chance.ts';
import type { DocumentAnswer, DocumentOp } from './document-model.ts';
import { sometimesAborted } from './expected-faults.ts';

/** One who calls. */
export interface DocumentClientOptions {
  readonly name: string;
  readonly store: DocumentStore<Journal>;
  readonly keys: readonly string[];
  readonly random: Random;
  readonly history: HistoryRecorder<DocumentOp, DocumentAnswer>;
  /** A number that no other write of any client has. */
  readonly nextVersion: () => number;
}

export class DocumentClient {
  readonly #options: DocumentClientOptions;
  /** What this client believes to be there: the document as it was read, or the ETag that a write gave. */
  readonly #seen = new Map<string, StoredDocument<Journal> | string>();

  constructor(options: DocumentClientOptions) {
    this.#options = options;
  }

  /** One operation. It rejects as the store does. */
  async act(): Promise<void> {
    const { keys, random } = this.#options;
    const key = pick(random, keys);
    const seen = this.#seen.get(key);
    const dice = random();
    if (dice < 0.2) return await this.#update(key);
    if (dice < 0.27) return await this.#create(key);
    if (seen === undefined || dice < 0.4) return await this.#read(key);
    // Used up, whatever becomes of it; now and then it is tried again, and has to be refused.
    if (!chance(random, 0.25)) this.#seen.delete(key);
    if (dice < 0.47) return await this.#remove(key, seen);
    return await this.#replace(key, seen);
  }

  async #read(key: string): Promise<void> {
    const { store, random } = this.#options;
    await this.#record({ kind: 'read', key }, async () => {
      // An update that leaves the document as it is looks at it as well.
      if (chance(random, 0.2)) {
        const { value, etag } = await update(store, key, () => undefined);
        return answer(value?.n, etag);
      }
      const found = await store.read(key);
      if (found === undefined) return {};
      this.#seen.set(key, chance(random, 0.3) ? found.etag : found);
      return answer(found.value.n, found.etag);
    });
  }

  async #create(key: string): Promise<void> {
    const { store, nextVersion } = this.#options;
    const version = nextVersion();
    await this.#write({ kind: 'create', key, version }, 'DOCUMENT_EXISTS', (options) =>
      store.create(key, holding(version), options),
    );
  }

  async #replace(key: string, seen: StoredDocument<Journal> | string): Promise<void> {
    const { store, nextVersion } = this.#options;
    const version = nextVersion();
    const op = { kind: 'replace', key, version, etag: etagOf(seen) } as const;
    await this.#write(op, 'ETAG_MISMATCH', (options) =>
      store.replace(key, holding(version), seen, options),
    );
  }

  async #remove(key: string, seen: StoredDocument<Journal> | string): Promise<void> {
    const { store } = this.#options;
    await this.#write({ kind: 'remove', key, etag: etagOf(seen) }, 'ETAG_MISMATCH', (options) =>
      store.remove(key, seen, options).then(() => undefined),
    );
  }

  async #update(key: string): Promise<void> {
    const { store, random, nextVersion } = this.#options;
    const version = nextVersion();
    let replaced: number | undefined;
    const change = (current: Journal | undefined): Journal => {
      replaced = current?.n;
      return holding(version);
    };
    await this.#record({ kind: 'update', key, version }, async () => {
      const { etag } = await update(store, key, change, sometimesAborted(random));
      if (etag !== undefined) this.#seen.set(key, etag);
      return { ...answer(undefined, etag), ...(replaced !== undefined && { replaced }) };
    });
  }

  /** @param refusal - the code that says that the condition does not hold. */
  async #write(
    op: DocumentOp,
    refusal: string,
    write: (options: WriteOptions) => Promise<string | undefined>,
  ): Promise<void> {
    await this.#record(op, async () => {
      try {
        const etag = await write(sometimesAborted(this.#options.random));
        if (etag !== undefined) this.#seen.set(op.key, etag);
        return answer(undefined, etag);
      } catch (error) {
        if (hasCode(error, refusal)) return { refused: true };
        throw error;
      }
    });
  }

  async #record(op: DocumentOp, run: () => Promise<DocumentAnswer>): Promise<void> {
    await this.#options.history.record(this.#options.name, op, run);
  }
}

/** A document that says which version it is. */
function holding(version: number): Journal {
  return { n: version, applied: [] };
}

function answer(version: number | undefined, etag: string | undefined): DocumentAnswer {
  return { ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) };
}

function etagOf(seen: StoredDocument<Journal> | string): string {
  return typeof seen === 'string' ? seen : seen.etag;
}
