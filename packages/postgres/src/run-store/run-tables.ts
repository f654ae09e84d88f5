/**
 * The tables of runs.
 *
 * Everything of a run hangs on its number, which is never used again, so what is left of a deleted run
 * cannot become part of another one. Tokens come from one sequence for all runs. Both are identities that
 * are always generated: nobody can set them back, and no right beside those on the tables is needed.
 *
 * An outcome without a status has not ended yet: it only says which delivery of which attempt may report.
 * The input and the definition of a run are apart from what changes with every renewal of its lease, and
 * what changes so is in no index: then it stays in its page.
 *
 * All times are milliseconds since 1970.
 * @module
 */

export const runTables: string = `
CREATE TABLE :schema.runs (
  number bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C" NOT NULL UNIQUE,
  workflow text COLLATE "C" NOT NULL,
  version text,
  key_root text NOT NULL,
  start_time double precision NOT NULL,
  status text COLLATE "C" NOT NULL DEFAULT 'Running',
  error_code text,
  error_message text,
  end_time double precision,
  token bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  holder text,
  expires_at double precision,
  last_signal bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE INDEX runs_by_start ON :schema.runs (start_time, number);
CREATE INDEX runs_by_status ON :schema.runs (status, start_time, number);
CREATE INDEX runs_by_workflow ON :schema.runs (workflow, start_time, number);
CREATE INDEX runs_by_end ON :schema.runs (end_time) WHERE end_time IS NOT NULL;
CREATE TABLE :schema.run_texts (
  run bigint PRIMARY KEY,
  definition text NOT NULL,
  input text NOT NULL
);
CREATE TABLE :schema.run_outcomes (
  run bigint NOT NULL,
  frame text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  status text COLLATE "C",
  attempt integer NOT NULL,
  delivery integer,
  is_reported boolean,
  start_time double precision,
  end_time double precision,
  outputs text,
  error_code text,
  error_message text,
  details text,
  PRIMARY KEY (run, frame, key)
) WITH (fillfactor = 80);
CREATE TABLE :schema.run_states (
  run bigint NOT NULL,
  path text COLLATE "C" NOT NULL,
  state text NOT NULL,
  PRIMARY KEY (run, path)
) WITH (fillfactor = 50);
CREATE TABLE :schema.run_signals (
  run bigint NOT NULL,
  number bigint NOT NULL,
  event text NOT NULL,
  correlate text,
  payload text NOT NULL,
  id text,
  PRIMARY KEY (run, number)
);
-- Also those of signals that were taken.
CREATE TABLE :schema.run_signal_ids (
  run bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  PRIMARY KEY (run, id)
);
-- Runs that are gone, and whose rows are still to be deleted.
CREATE TABLE :schema.deleted_runs (run bigint PRIMARY KEY);`.trimStart();
