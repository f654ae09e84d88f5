/**
 * What is read of a run, and what calls the two functions: one statement each.
 * @module
 */
import { outcomeColumns, runColumns, signalColumns } from './run-rows.ts';

export type RunStatements = Readonly<
  Record<
    | 'write'
    | 'notify'
    | 'sweep'
    | 'readRun'
    | 'readFrame'
    | 'readState'
    | 'readSignals'
    | 'lastSignals',
    string
  >
>;

/** @param schema - quoted. */
export function runStatements(schema: string): RunStatements {
  const runs = `${schema}.runs`;
  const found = `(SELECT number FROM ${runs} WHERE id = $1)`;
  return {
    write: `SELECT answer::text FROM ${schema}.write_runs($1::jsonb) AS answer`,
    // Those who notify commit one after the other, under one lock of the whole server (PreCommit_Notify in
    // PostgreSQL's async.c): so nothing that has to reach the disk may be done in the same transaction.
    notify: `
      WITH relaxed AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
      SELECT pg_notify($1, notice) FROM relaxed, unnest($2::text[]) AS notice`,
    sweep: `SELECT ${schema}.sweep_runs($1::integer)::text AS is_left`,
    readRun: `
      SELECT ${runColumns} FROM ${runs} JOIN ${schema}.run_texts ON run = number WHERE id = $1`,
    readFrame: `
      SELECT ${outcomeColumns} FROM ${schema}.run_outcomes
      WHERE run = ${found} AND frame = $2 AND status IS NOT NULL
        AND ($3::text IS NULL OR key > $3)
        AND ($4::text[] IS NULL OR key = ANY ($4))
        AND ($5::text[] IS NULL OR status = ANY ($5))
      ORDER BY run_outcomes.key LIMIT $6::bigint`,
    readState: `SELECT state FROM ${schema}.run_states WHERE run = ${found} AND path = $2`,
    readSignals: `
      SELECT ${signalColumns} FROM ${schema}.run_signals AS signal
      WHERE run = ${found} AND number > $2::float8 ORDER BY signal.number`,
    lastSignals: `SELECT id, last_signal::text FROM ${runs} WHERE id = ANY ($1::text[])`,
  };
}
