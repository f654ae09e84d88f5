/**
 * What this package keeps in a database, as steps that are taken once and in order.
 *
 * Invariant: a step that was published never changes; what comes later is a step of its own at the end,
 * and leaves what older versions of this package use. Read next: migration-sql.ts.
 * @module
 */
import { addToCounter, readCounter, resetCounter } from './counter-procedures.ts';
import { acquireLock, checkLock, releaseLock } from './lock-procedures.ts';
import { claimResource, releaseResource, renewClaim } from './pool-procedures.ts';

/** One step. */
export interface Migration {
  /** What it brings, for whoever reads the SQL. */
  readonly title: string;
  /** Batches of T-SQL in which `:schema` stands for the schema's name. */
  readonly batches: readonly string[];
}

/**
 * Rows lie in the order in which they came, and keys have an index of their own, because that takes keys
 * of 1,700 bytes and not just 900.
 */
const documents = `
CREATE TABLE :schema.documents (
  id bigint IDENTITY NOT NULL,
  collection nvarchar(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [key] nvarchar(801) COLLATE Latin1_General_100_BIN2 NOT NULL,
  version rowversion NOT NULL,
  body nvarchar(max) NULL,
  facts nvarchar(4000) NULL,
  CONSTRAINT documents_id UNIQUE CLUSTERED (id),
  CONSTRAINT documents_key PRIMARY KEY NONCLUSTERED (collection, [key])
);`.trimStart();

const counters = `
CREATE TABLE :schema.counters (
  name nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
  value bigint NOT NULL,
  CONSTRAINT counters_name PRIMARY KEY CLUSTERED (name)
);`.trimStart();

/** Times are milliseconds since 1970, so that any span can be added. */
const operations = `
CREATE TABLE :schema.counter_operations (
  id bigint IDENTITY NOT NULL,
  counter nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
  operation nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
  expires_at bigint NOT NULL,
  CONSTRAINT counter_operations_id UNIQUE CLUSTERED (id),
  CONSTRAINT counter_operations_operation PRIMARY KEY NONCLUSTERED (counter, operation)
);`.trimStart();

const expiry = `CREATE INDEX counter_operations_expiry ON :schema.counter_operations (expires_at);`;

/**
 * A row stays when its lock is given back, since its token must never begin anew. The id is a hash of the
 * name; owner and session are NULL while nobody holds it, and left behind by who crashed.
 */
const locks = `
CREATE TABLE :schema.locks (
  id nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
  name nvarchar(400) COLLATE Latin1_General_100_BIN2 NOT NULL,
  token bigint NOT NULL,
  owner nvarchar(400) COLLATE Latin1_General_100_BIN2 NULL,
  session int NULL,
  CONSTRAINT locks_id PRIMARY KEY CLUSTERED (id)
);`.trimStart();

/**
 * Resources lie in the order in which they were added. A row stays when its resource is withdrawn, since its token
 * must never begin anew. Owner, time and expiry are NULL while nobody has it, and left behind by what has expired.
 */
const poolResources = `
CREATE TABLE :schema.pool_resources (
  pool nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
  position bigint IDENTITY NOT NULL,
  resource nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
  value nvarchar(max) NOT NULL,
  withdrawn bit NOT NULL,
  token bigint NOT NULL,
  owner nvarchar(401) COLLATE Latin1_General_100_BIN2 NULL,
  claimed_at bigint NULL,
  expires_at bigint NULL,
  CONSTRAINT pool_resources_position UNIQUE CLUSTERED (pool, position),
  CONSTRAINT pool_resources_resource PRIMARY KEY NONCLUSTERED (pool, resource)
);`.trimStart();

const poolOwners = `CREATE INDEX pool_resources_owner ON :schema.pool_resources (pool, owner);`;

/** Owners that are given nothing any more, in the order of their release; and, while it is at work, a claim's. */
const poolRetired = `
CREATE TABLE :schema.pool_retired (
  pool nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
  id bigint IDENTITY NOT NULL,
  owner nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
  CONSTRAINT pool_retired_id UNIQUE CLUSTERED (pool, id),
  CONSTRAINT pool_retired_owner PRIMARY KEY NONCLUSTERED (pool, owner)
);`.trimStart();

/** The steps, oldest first: the number of a step is its place, from 1. */
export const migrations: readonly Migration[] = [
  { title: 'documents', batches: [documents] },
  {
    title: 'counters',
    batches: [counters, operations, expiry, addToCounter, readCounter, resetCounter],
  },
  { title: 'locks', batches: [locks, acquireLock, checkLock, releaseLock] },
  {
    title: 'pools',
    batches: [
      ...[poolResources, poolOwners, poolRetired],
      ...[claimResource, renewClaim, releaseResource],
    ],
  },
];
