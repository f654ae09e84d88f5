/**
 * The documents of runs: put, read, and removed again.
 *
 * Invariant: every document has a name of its own and is never changed. So one that nothing refers to
 * can be removed at any time, and nobody else's text goes with it, also where two are the same.
 * @module
 */
import type { Clock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import { boundedMap } from '../bounded-map.ts';
import type { TextDocumentEntry, TextDocuments } from '../ports/text-documents.ts';
import { RunDocumentMissingError } from './run-document-missing-error.ts';
import { folderPrefix, folderTime, runPrefix } from './run-folder.ts';

/** Requests of one call that are under way at once. */
export const concurrency = 16;

/** Milliseconds after which a run that was not created by then never will be. */
const creationTime = 86_400_000;

export class RunDocuments {
  readonly #documents: TextDocuments;
  readonly #clock: Clock;

  constructor(documents: TextDocuments, clock: Clock) {
    this.#documents = documents;
    this.#clock = clock;
  }

  /** @param folder - as {@link folderPrefix} gives it. */
  async put(folder: string, text: string): Promise<TextDocumentEntry> {
    const key = folder + crypto.randomUUID();
    return { key, etag: await this.#documents.create(key, text) };
  }

  /**
   * @param place - what an error calls the text: `The output of "Mail"`.
   * @throws {RunDocumentMissingError} `RUN_DOCUMENT_MISSING`
   */
  async read(
    runId: string,
    key: string,
    place: string,
  ): Promise<{ readonly text: string; readonly entry: TextDocumentEntry }> {
    const document = await this.#documents.read(key);
    if (document === undefined) {
      throw new RunDocumentMissingError(runId, place, key, this.#documents.name);
    }
    return { text: document.value, entry: { key, etag: document.etag } };
  }

  /** Removes a document; one that has gone already is fine. */
  async remove({ key, etag }: TextDocumentEntry): Promise<void> {
    try {
      await this.#documents.remove(key, etag);
    } catch (error) {
      if (!hasCode(error, 'ETAG_MISMATCH')) throw error;
    }
  }

  /**
   * Removes all documents of a run, and what creations of its id have left behind that never came to
   * their end. Listed and removed a few at a time, so that a million need no memory.
   */
  async removeAll(runId: string, folder: string | undefined): Promise<void> {
    await boundedMap(this.#garbage(runId, folder), { concurrency }, (entry) => this.remove(entry));
  }

  async *#garbage(runId: string, folder: string | undefined): AsyncIterable<TextDocumentEntry> {
    const own = folderPrefix(runId, folder);
    const abandoned = this.#clock.now() - creationTime;
    for await (const entry of this.#documents.list(runPrefix(runId))) {
      const { key } = entry;
      if (key.startsWith(own) || folderTime(runId, key) < abandoned) yield entry;
    }
  }
}
