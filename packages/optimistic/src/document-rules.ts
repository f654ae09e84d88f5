/**
 * What a key, a prefix and a write id look like, on every backend.
 * @module
 */
import { DocumentKeyError, DocumentOptionError } from './document-errors.ts';

const maxKeyLength = 400;
const halfOfPair = /\p{Surrogate}/u;

/** @throws {DocumentKeyError} `DOCUMENT_KEY_INVALID` */
export function assertKey(store: string, key: string): void {
  if (typeof key === 'string' && key === '') throw new DocumentKeyError(store, key, 'it is empty');
  assertPrefix(store, key);
}

/** @throws {DocumentKeyError} `DOCUMENT_KEY_INVALID` */
export function assertPrefix(store: string, prefix: string): void {
  const problem = problemOf(prefix);
  if (problem !== undefined) throw new DocumentKeyError(store, prefix, problem);
}

function problemOf(key: unknown): string | undefined {
  if (typeof key !== 'string') return `it is ${key === null ? 'null' : `of type ${typeof key}`}`;
  if (key.length > maxKeyLength) return `it has ${key.length} characters`;
  if (halfOfPair.test(key)) return 'it holds half of a surrogate pair';
  return undefined;
}

/** @throws {DocumentOptionError} `DOCUMENT_OPTION_INVALID` */
export function assertWriteId(writeId: string): void {
  if (typeof writeId === 'string' && /^[\w-]{1,64}$/.test(writeId)) return;
  throw new DocumentOptionError(
    'writeId',
    `is ${JSON.stringify(writeId)}. Pass 1 to 64 letters, digits, "-" or "_", or leave it out.`,
  );
}
