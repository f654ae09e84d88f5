/**
 * The tables of counters: values, and the operations that have counted already, until they expire.
 * @module
 */

export const counterTables = `
CREATE TABLE counter (
  name BLOB PRIMARY KEY NOT NULL,
  value INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE counted_operation (
  counter BLOB NOT NULL,
  id BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (counter, id)
) WITHOUT ROWID;
CREATE INDEX counted_operation_by_age ON counted_operation (expires_at);
`;
