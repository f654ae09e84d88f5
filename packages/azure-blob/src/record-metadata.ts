/**
 * A record as a blob: the value is its content, and everything else stands in one line of metadata.
 *
 * Metadata travels as an HTTP header, which folds and trims white space: there is none in the line.
 * @module
 */
import type { DocumentRecord } from '@runafter/optimistic';

/** The metadata key. A blob without it was written by something else, and is a document without facts. */
const metadataKey = 'runafter';

/** `document:` or `tombstone:` and the facts; without facts also without the colon. */
type Line = string;

/** What a blob's metadata says. */
export interface RecordMetadata {
  readonly isTombstone: boolean;
  readonly facts: string | undefined;
}

/** Metadata to write with a record. */
export function metadataOf({ body, facts }: DocumentRecord): Record<string, Line> {
  const kind = body === undefined ? 'tombstone' : 'document';
  return { [metadataKey]: facts === undefined ? kind : `${kind}:${withoutSpaces(facts)}` };
}

/** Reads the metadata of any blob. */
export function readMetadata(metadata: Readonly<Record<string, string>> = {}): RecordMetadata {
  const line: Line = metadata[metadataKey] ?? '';
  const colon = line.indexOf(':');
  return {
    isTombstone: /^tombstone(:|$)/.test(line),
    facts: colon === -1 ? undefined : decodeURIComponent(line.slice(colon + 1)),
  };
}

function withoutSpaces(facts: string): string {
  return facts.replaceAll('%', '%25').replaceAll(' ', '%20');
}
