/**
 * What this package keeps in a database, as steps that are taken once and in order.
 *
 * Invariant: a step that was published never changes; what comes later is a step of its own at the end,
 * and leaves what older versions of this package use. Read next: migration-sql.ts.
 * @module
 */
import { runTables } from './run-store/run-tables.ts';
import { sweepRuns } from './run-store/sweep-runs.ts';
import { writeRuns } from './run-store/write-runs.ts';

/** One step. */
export interface Migration {
  /** What it brings, for whoever reads the SQL. */
  readonly title: string;
  /** SQL in which `:schema` stands for the schema's name. */
  readonly sql: string;
}

/** An identity that is always generated: each write takes the next one, and nobody can set it back. */
const documents = `
CREATE TABLE :schema.documents (
  collection text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  version bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  body text,
  facts text,
  PRIMARY KEY (collection, key)
);`.trimStart();

/** Room in each page lets an addition stay in its page, without touching the index. */
const counters = `
CREATE TABLE :schema.counters (
  name text COLLATE "C" PRIMARY KEY,
  value bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE :schema.counter_operations (
  counter text COLLATE "C" NOT NULL,
  operation text COLLATE "C" NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (counter, operation)
);
CREATE INDEX counter_operations_expiry ON :schema.counter_operations (expires_at);`.trimStart();

/**
 * One row per name, which stays, since its token may never come again. Room in each page, as above. No index
 * but that of the names: then every change stays in its page.
 */
const locks = `
CREATE TABLE :schema.locks (
  name text COLLATE "C" PRIMARY KEY,
  owner text COLLATE "C",
  token bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  is_wanted boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);`.trimStart();

/**
 * An entry is a resource, which stays, since its tokens may never come again; or, without an id, an owner that was
 * released for good. Places are in the order of addition, and of release for good.
 */
const pools = `
CREATE TABLE :schema.pools (
  name text COLLATE "C" PRIMARY KEY,
  wanted_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
CREATE TABLE :schema.pool_entries (
  pool text COLLATE "C" NOT NULL,
  place bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  id text COLLATE "C",
  value text,
  is_withdrawn boolean NOT NULL DEFAULT false,
  token bigint NOT NULL DEFAULT 0,
  owner text COLLATE "C",
  claimed_at timestamptz,
  expires_at timestamptz,
  PRIMARY KEY (pool, place),
  UNIQUE (pool, id),
  UNIQUE (pool, owner)
) WITH (fillfactor = 50);
CREATE INDEX pool_entries_retired ON :schema.pool_entries (pool, place) WHERE id IS NULL;`.trimStart();

/** The steps, oldest first: the number of a step is its place, from 1. */
export const migrations: readonly Migration[] = [
  { title: 'documents', sql: documents },
  { title: 'counters', sql: counters },
  { title: 'locks', sql: locks },
  { title: 'pools', sql: pools },
  { title: 'runs', sql: `${runTables}\n${writeRuns}\n${sweepRuns}` },
];
