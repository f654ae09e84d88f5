/**
 * Creates runs and grants their leases, within a transaction.
 *
 * Invariant: every grant takes the next token of one sequence for all runs, so a token says who was last,
 * and one of a deleted run is never that of its successor.
 * @module
 */
import type { LeaseAnswer, LeaseRequest, NewRun } from '@runafter/core';
import type { Connection } from '../connection.ts';
import { fromStoredText, toStoredText } from '../stored-text.ts';
import { optionalValue } from './run-rows.ts';

/** @returns the token of its first lease. */
export function insertRun(
  connection: Connection,
  run: NewRun,
  { holder, ttl }: LeaseRequest,
  now: number,
): number {
  const token = nextToken(connection);
  const { lastInsertRowid } = connection
    .statement(`
      INSERT INTO run (id, workflow, version, key_root, start_time, token, holder, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(
      toStoredText(run.runId),
      toStoredText(run.workflow),
      optionalValue(run.version),
      toStoredText(run.keyRoot),
      run.startTime,
      token,
      toStoredText(holder),
      now + ttl,
    );
  connection
    .statement('INSERT INTO run_text VALUES (?, ?, ?)')
    .run(lastInsertRowid, toStoredText(run.definition), toStoredText(run.input));
  return token;
}

export function acquireLease(
  connection: Connection,
  runId: string,
  { holder, ttl }: LeaseRequest,
  now: number,
): LeaseAnswer {
  const row = connection
    .statement('SELECT number, holder, expires_at FROM run WHERE id = ?')
    .get(toStoredText(runId));
  if (row === undefined) return { state: 'unknown' };
  const expiresAt = Number(row.expires_at);
  if (row.holder !== null && expiresAt > now) {
    return { state: 'held', lease: { holder: fromStoredText(String(row.holder)), expiresAt } };
  }
  const token = nextToken(connection);
  connection
    .statement('UPDATE run SET token = ?, holder = ?, expires_at = ? WHERE number = ?')
    .run(token, toStoredText(holder), now + ttl, Number(row.number));
  const expired = row.holder === null ? undefined : fromStoredText(String(row.holder));
  return { state: 'granted', token, ...(expired !== undefined && { expired }) };
}

/** Whether the lease was the token's. One that was given back stays so. */
export function renewLease(
  connection: Connection,
  runId: string,
  token: number,
  expiresAt: number,
): boolean {
  const { changes } = connection
    .statement('UPDATE run SET expires_at = ? WHERE id = ? AND token = ? AND holder IS NOT NULL')
    .run(expiresAt, toStoredText(runId), token);
  return changes > 0;
}

export function releaseLease(connection: Connection, runId: string, token: number): void {
  connection
    .statement('UPDATE run SET holder = NULL, expires_at = NULL WHERE id = ? AND token = ?')
    .run(toStoredText(runId), token);
}

function nextToken(connection: Connection): number {
  const row = connection.statement('UPDATE last_token SET value = value + 1 RETURNING value').get();
  return Number(row?.value);
}
