/**
 * The TextDocuments port: what `claimCheck()` needs of a place for large texts. It is the part of a
 * `DocumentStore<string>` of `@runafter/optimistic` that creates, reads, lists and removes, so every
 * store of documents fits: blobs, Redis, a database, memory.
 *
 * Nothing is replaced there: a document is written once, under a key that no other one ever has.
 * @module
 */

/** A document that is there. */
export interface TextDocumentEntry {
  readonly key: string;
  /** Another one for each version of each document. */
  readonly etag: string;
}

/** See the module's header. All calls may reject with the faults of the service. */
export interface TextDocuments {
  /** What errors call it, such as `Blob container "runs"`. */
  readonly name: string;
  /** Undefined when there is no such document. */
  read(key: string): Promise<{ readonly value: string; readonly etag: string } | undefined>;
  /** Writes a document that is not there yet; returns its ETag once every reader sees it. */
  create(key: string, value: string): Promise<string>;
  /** Removes the document if it has this ETag; rejects with the code `ETAG_MISMATCH` if not. */
  remove(key: string, etag: string): Promise<void>;
  /** The documents whose keys begin with the prefix. What comes or goes meanwhile may be in it or not. */
  list(prefix: string): AsyncIterable<TextDocumentEntry>;
}
