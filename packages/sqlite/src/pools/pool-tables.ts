/**
 * The tables of pools: resources in the order of their addition, and owners in the order of their release for good.
 *
 * A resource stays when it is withdrawn, since its tokens may never come again. Two indexes find the first one that
 * nobody has, and those that have expired, however many there are: an index ends in the number of the row, so those
 * with no owner stand in the order of their places.
 * @module
 */

export const poolTables = `
CREATE TABLE pool_resource (
  place INTEGER PRIMARY KEY,
  prefix TEXT NOT NULL,
  pool BLOB NOT NULL,
  id BLOB NOT NULL,
  value TEXT NOT NULL,
  withdrawn INTEGER NOT NULL DEFAULT 0,
  token INTEGER NOT NULL DEFAULT 0,
  owner TEXT,
  claimed_at INTEGER,
  expires_at REAL,
  UNIQUE (prefix, pool, id),
  UNIQUE (prefix, pool, owner)
);
CREATE INDEX pool_resource_by_expiry ON pool_resource (prefix, pool, expires_at);

CREATE TABLE pool_retired_owner (
  number INTEGER PRIMARY KEY,
  prefix TEXT NOT NULL,
  pool BLOB NOT NULL,
  owner TEXT NOT NULL,
  UNIQUE (prefix, pool, owner)
);
CREATE INDEX pool_retired_owner_by_age ON pool_retired_owner (prefix, pool);
`;
