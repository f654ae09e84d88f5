/**
 * The table of locks: one row per name, which stays, since its token may never come again.
 *
 * The prefix has a column of its own: joined, a prefix 'a' with a name 'bc' would be 'ab' with 'c'.
 * @module
 */

export const lockTables = `
CREATE TABLE lock (
  prefix TEXT NOT NULL,
  name BLOB NOT NULL,
  owner TEXT,
  token INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (prefix, name)
) WITHOUT ROWID;
`;
