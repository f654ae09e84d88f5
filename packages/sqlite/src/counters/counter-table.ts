/**
 * Counters as rows.
 *
 * SQLite's own sum of integers turns into a rounded one when it leaves 64 bits, so an addition states the
 * values that it fits on. Values come back as bigint; node:sqlite refuses large ones otherwise.
 * @module
 */
import type { Addition, Reset } from '@runafter/counter';
import type { Connection } from '../connection.ts';
import { toStoredKey } from '../stored-key.ts';

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

export function readCounter(connection: Connection, name: string): bigint {
  const statement = connection.statement('SELECT value FROM counter WHERE name = ?');
  statement.setReadBigInts(true);
  return toValue(statement.get(toStoredKey(name))) ?? 0n;
}

export function addToCounter(connection: Connection, name: string, amount: bigint): Addition {
  // Numbered parameters: named ones would make this a third slower.
  const statement = connection.statement(`
    INSERT INTO counter (name, value) VALUES (?1, ?2)
    ON CONFLICT DO UPDATE SET value = value + ?2 WHERE value BETWEEN ?3 AND ?4
    RETURNING value`);
  statement.setReadBigInts(true);
  const from = amount < 0n ? least - amount : least;
  const to = amount < 0n ? most : most - amount;
  const value = toValue(statement.get(toStoredKey(name), amount, from, to));
  if (value !== undefined) return { state: 'added', value };
  return { state: 'overflow', value: readCounter(connection, name) };
}

export function resetCounter(
  connection: Connection,
  name: string,
  to: bigint,
  expected: bigint | undefined,
): Reset {
  const value = readCounter(connection, name);
  if (expected !== undefined && expected !== value) return { state: 'changed', value };
  connection
    .statement(`
      INSERT INTO counter (name, value) VALUES (:name, :to)
      ON CONFLICT DO UPDATE SET value = :to`)
    .run({ name: toStoredKey(name), to });
  return { state: 'reset', value };
}

function toValue(row: Record<string, unknown> | undefined): bigint | undefined {
  return row?.value as bigint | undefined;
}
