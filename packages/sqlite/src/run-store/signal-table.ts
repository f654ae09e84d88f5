/**
 * Signals from outside, in the order of their numbers, until an outcome takes them.
 *
 * The id of a signal stays when the signal is taken: a sender that repeats it much later is told so.
 * @module
 */
import type { NewSignal, StoredSignal } from '@runafter/core';
import type { Connection } from '../connection.ts';
import { toStoredText } from '../stored-text.ts';
import { optionalValue, toSignal } from './run-rows.ts';

/** Keeps a signal of a run that goes on. */
export function keepSignal(
  connection: Connection,
  run: number,
  { event, correlate, payload, id }: NewSignal,
): 'kept' | 'duplicate' {
  if (id !== undefined && !keepId(connection, run, id)) return 'duplicate';
  connection
    .statement(`
      INSERT INTO signal (run, number, event, correlate, payload, id) VALUES (?, ?, ?, ?, ?, ?)`)
    .run(
      run,
      nextNumber(connection, run),
      toStoredText(event),
      optionalValue(correlate),
      toStoredText(payload),
      optionalValue(id),
    );
  return 'kept';
}

export function readSignals(connection: Connection, runId: string, after: number): StoredSignal[] {
  return connection
    .statement(`
      SELECT signal.number, event, correlate, payload, signal.id
      FROM run JOIN signal ON signal.run = run.number
      WHERE run.id = ? AND signal.number > ? ORDER BY signal.number`)
    .all(toStoredText(runId), after)
    .map(toSignal);
}

export function takeSignal(connection: Connection, run: number, number: number): void {
  connection.statement('DELETE FROM signal WHERE run = ? AND number = ?').run(run, number);
}

function keepId(connection: Connection, run: number, id: string): boolean {
  const { changes } = connection
    .statement('INSERT INTO signal_id VALUES (?, ?) ON CONFLICT DO NOTHING')
    .run(run, toStoredText(id));
  return changes > 0;
}

/** Counted in the run and not among its signals, which may all have been taken. */
function nextNumber(connection: Connection, run: number): number {
  const row = connection
    .statement(
      'UPDATE run SET last_signal = last_signal + 1 WHERE number = ? RETURNING last_signal',
    )
    .get(run);
  return Number(row?.last_signal);
}
