/**
 * Documents as rows: read, written and removed under a condition, listed a page at a time.
 *
 * An ETag is the version as text, and compared as text: one that looks like a number in another way, such
 * as "07", is no version.
 * @module
 */
import type { DocumentRecord, RecordEntry, VersionedRecord } from '@runafter/optimistic';
import type { Connection } from '../connection.ts';
import { fromStoredKey, type KeyRange, toStoredKey } from '../stored-key.ts';
import { fromStoredText, toStoredText } from '../stored-text.ts';

/** Reads one range of the index, whatever is in the prefix: nothing of it is a pattern. */
export const pageQuery = `
  SELECT key, version, body IS NULL AS is_tombstone FROM document
  WHERE key >= ? AND key < ? ORDER BY key LIMIT ?`;

export function readDocument(connection: Connection, key: string): VersionedRecord | undefined {
  const row = connection
    .statement('SELECT version, facts, body FROM document WHERE key = ?')
    .get(toStoredKey(key));
  return row && { etag: `${row.version}`, facts: toText(row.facts), body: toText(row.body) };
}

/** @returns the ETag; undefined when something is there already. */
export function insertDocument(
  connection: Connection,
  key: string,
  { facts, body }: DocumentRecord,
): string | undefined {
  const version = nextVersion(connection);
  const { changes } = connection
    .statement(`
      INSERT INTO document (key, version, facts, body) VALUES (?, ?, ?, ?)
      ON CONFLICT DO NOTHING`)
    .run(toStoredKey(key), version, toColumn(facts), toColumn(body));
  return changes > 0 ? `${version}` : undefined;
}

/** @returns the new ETag; undefined when the one that was expected is not there. */
export function updateDocument(
  connection: Connection,
  key: string,
  { facts, body }: DocumentRecord,
  expected: string,
): string | undefined {
  const version = nextVersion(connection);
  const { changes } = connection
    .statement(`
      UPDATE document SET version = ?, facts = ?, body = ?
      WHERE key = ? AND CAST(version AS TEXT) = ?`)
    .run(version, toColumn(facts), toColumn(body), toStoredKey(key), expected);
  return changes > 0 ? `${version}` : undefined;
}

/** @returns whether it was there in this version. */
export function deleteDocument(connection: Connection, key: string, expected: string): boolean {
  const { changes } = connection
    .statement('DELETE FROM document WHERE key = ? AND CAST(version AS TEXT) = ?')
    .run(toStoredKey(key), expected);
  return changes > 0;
}

/** The first documents of a range, in the order of their keys, and the last key as it is stored. */
export function readPage(
  connection: Connection,
  { from, to }: KeyRange,
  limit: number,
): { readonly entries: readonly RecordEntry[]; readonly last: unknown } {
  const rows = connection.statement(pageQuery).all(from, to, limit);
  const entries = rows.map(({ key, version, is_tombstone }) => ({
    key: fromStoredKey(key),
    etag: `${version}`,
    isTombstone: is_tombstone === 1,
  }));
  return { entries, last: rows.at(-1)?.key };
}

function nextVersion(connection: Connection): number {
  const row = connection
    .statement('UPDATE last_document_version SET value = value + 1 RETURNING value')
    .get();
  return Number(row?.value);
}

function toColumn(text: string | undefined): string | null {
  return text === undefined ? null : toStoredText(text);
}

function toText(column: unknown): string | undefined {
  return column === null ? undefined : fromStoredText(String(column));
}
