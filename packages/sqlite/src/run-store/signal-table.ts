/**
 * Signals, from outside or of deliveries, in the order of their numbers, until an outcome takes them.
 *
 * The id of a signal stays when the signal is taken: a sender that repeats it much later is told so.
 * @module
 */
import type { NewSignal, StoredSignal } from '@runafter/core';
import type { Connection } from '../connection.ts';
import { toStoredText } from '../stored-text.ts';
import { reportDelivery } from './outcome-table.ts';
import { optionalValue, toSignal } from './run-rows.ts';

/** Keeps a signal of a run that goes on; tells why not, where it does not. */
export function keepSignal(
  connection: Connection,
  run: number,
  { delivery, ...signal }: NewSignal,
): StoredSignal | 'duplicate' | 'stale' {
  const { event, correlate, payload, id } = signal;
  if (id !== undefined && isKnown(connection, run, id)) return 'duplicate';
  if (delivery !== undefined && !reportDelivery(connection, run, delivery)) return 'stale';
  if (id !== undefined) keepId(connection, run, id);
  const number = nextNumber(connection, run);
  connection
    .statement(`
      INSERT INTO signal (run, number, event, correlate, payload, id) VALUES (?, ?, ?, ?, ?, ?)`)
    .run(
      run,
      number,
      toStoredText(event),
      optionalValue(correlate),
      toStoredText(payload),
      optionalValue(id),
    );
  return { ...signal, number };
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

function isKnown(connection: Connection, run: number, id: string): boolean {
  const row = connection
    .statement('SELECT 1 FROM signal_id WHERE run = ? AND id = ?')
    .get(run, toStoredText(id));
  return row !== undefined;
}

function keepId(connection: Connection, run: number, id: string): void {
  connection.statement('INSERT INTO signal_id VALUES (?, ?)').run(run, toStoredText(id));
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
