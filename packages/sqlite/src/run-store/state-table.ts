/**
 * One text at each path of a run.
 * @module
 */
import type { Connection } from '../connection.ts';
import { fromStoredText, toStoredText } from '../stored-text.ts';

export function putState(connection: Connection, run: number, path: string, state: string): void {
  connection
    .statement(`
      INSERT INTO state VALUES (?, ?, ?)
      ON CONFLICT (run, path) DO UPDATE SET state = excluded.state`)
    .run(run, toStoredText(path), toStoredText(state));
}

export function readState(connection: Connection, runId: string, path: string): string | undefined {
  const row = connection
    .statement(`
      SELECT state FROM state JOIN run ON run.number = state.run
      WHERE run.id = ? AND path = ?`)
    .get(toStoredText(runId), toStoredText(path));
  return row && fromStoredText(String(row.state));
}

export function removeState(connection: Connection, run: number, path: string): void {
  connection.statement('DELETE FROM state WHERE run = ? AND path = ?').run(run, toStoredText(path));
}
