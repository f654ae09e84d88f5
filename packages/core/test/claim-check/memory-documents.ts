/**
 * Documents in memory, with doors where a test can stop a request, fail it, or look at it.
 * @module
 */
import { RunafterError } from '@runafter/errors';
import type { TextDocumentEntry, TextDocuments } from '../../src/index.ts';

/** A request, before it is done. */
export interface DocumentRequest {
  readonly operation: 'read' | 'create' | 'remove' | 'list';
  /** The key, or the prefix. */
  readonly key: string;
  readonly value?: string;
}

export class MemoryDocuments implements TextDocuments {
  readonly name = 'Documents of the test';
  readonly texts = new Map<string, { readonly value: string; readonly etag: string }>();
  /** All requests so far. */
  readonly requests: DocumentRequest[] = [];
  /** What happens before a request is done. Default: nothing. */
  before: (request: DocumentRequest) => Promise<void> | void = () => undefined;
  #versions = 0;
  #atOnce = 0;
  /** The most requests that were ever under way. */
  mostAtOnce = 0;

  /** The values that are there, sorted. */
  get values(): string[] {
    return [...this.texts.values()].map(({ value }) => value).sort();
  }

  read(key: string): Promise<{ value: string; etag: string } | undefined> {
    return this.#request({ operation: 'read', key }, () => this.texts.get(key));
  }

  create(key: string, value: string): Promise<string> {
    return this.#request({ operation: 'create', key, value }, () => {
      if (this.texts.has(key)) throw new Error(`The document ${key} was there before.`);
      const etag = String(++this.#versions);
      this.texts.set(key, { value, etag });
      return etag;
    });
  }

  remove(key: string, etag: string): Promise<void> {
    return this.#request({ operation: 'remove', key }, () => {
      if (this.texts.get(key)?.etag !== etag) {
        throw new RunafterError('ETAG_MISMATCH', `The document ${key} is another one, or gone.`);
      }
      this.texts.delete(key);
    });
  }

  async *list(prefix: string): AsyncGenerator<TextDocumentEntry> {
    await this.#request({ operation: 'list', key: prefix }, () => undefined);
    for (const [key, { etag }] of [...this.texts]) {
      if (key.startsWith(prefix)) yield { key, etag };
    }
  }

  async #request<T>(request: DocumentRequest, work: () => T): Promise<T> {
    this.requests.push(request);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    try {
      await this.before(request);
      return work();
    } finally {
      this.#atOnce--;
    }
  }
}
