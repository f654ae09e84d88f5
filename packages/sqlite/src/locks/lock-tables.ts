/**
 * The table of locks: one row per name, which stays, since its token may never come again.
 * @module
 */

export const lockTables = `
CREATE TABLE lock (
  name BLOB PRIMARY KEY NOT NULL,
  owner TEXT,
  token INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) WITHOUT ROWID;
`;
