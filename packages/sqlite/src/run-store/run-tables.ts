/**
 * The tables of runs.
 *
 * Everything of a run hangs on its number, which is never used again, so what is left of a deleted run
 * cannot become part of another one. An outcome is one row in one b-tree, ordered as it is read: by run,
 * frame and key. The key has no type, so a number and a text that looks the same are two keys, and
 * numbers come first. An outcome whose status is 0 has not ended yet: it only says which delivery counts.
 *
 * The input and the definition of a run are apart from what changes with every renewal of its lease.
 * @module
 */

/** The first step of a file. */
export const runTables = `
CREATE TABLE run (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  workflow TEXT NOT NULL,
  version TEXT,
  key_root TEXT NOT NULL,
  start_time INTEGER NOT NULL,
  status INTEGER NOT NULL DEFAULT 0,
  error_code TEXT,
  error_message TEXT,
  end_time INTEGER,
  token INTEGER NOT NULL,
  holder TEXT,
  expires_at INTEGER,
  last_signal INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX run_by_age ON run (start_time, number);

CREATE TABLE run_text (
  run INTEGER PRIMARY KEY,
  definition TEXT NOT NULL,
  input TEXT NOT NULL
);

-- One sequence for all runs, so that a token of a deleted run is never that of its successor.
CREATE TABLE last_token (value INTEGER NOT NULL);
INSERT INTO last_token VALUES (0);

CREATE TABLE outcome (
  run INTEGER NOT NULL,
  frame TEXT NOT NULL,
  key NOT NULL,
  status INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  start_time INTEGER NOT NULL,
  end_time INTEGER NOT NULL,
  outputs TEXT,
  error_code TEXT,
  error_message TEXT,
  details TEXT,
  PRIMARY KEY (run, frame, key)
) WITHOUT ROWID;

CREATE TABLE open_join (
  run INTEGER NOT NULL,
  frame TEXT NOT NULL,
  key NOT NULL,
  open INTEGER NOT NULL,
  met INTEGER NOT NULL,
  PRIMARY KEY (run, frame, key)
) WITHOUT ROWID;

CREATE TABLE state (
  run INTEGER NOT NULL,
  path TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (run, path)
) WITHOUT ROWID;

CREATE TABLE signal (
  arrival INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL,
  number INTEGER NOT NULL,
  event TEXT NOT NULL,
  correlate TEXT,
  payload TEXT NOT NULL,
  id TEXT,
  UNIQUE (run, number)
);

-- Also those of signals that were taken.
CREATE TABLE signal_id (
  run INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (run, id)
) WITHOUT ROWID;

-- Runs that are gone, and whose rows are still to be deleted.
CREATE TABLE deleted_run (number INTEGER PRIMARY KEY);
`;

/**
 * Deliveries of attempts, in the rows of outcomes that have not ended: 0 once one was reported. The
 * engine counts joins by itself.
 */
export const deliveries = `
DROP TABLE open_join;
ALTER TABLE outcome ADD COLUMN delivery INTEGER NOT NULL DEFAULT 1;
`;
