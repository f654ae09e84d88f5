/**
 * PostgreSQL: an addition is one statement.
 * @module
 */
import { migrate, postgresCounter, postgresDocumentStore } from '@runafter/postgres';
import { defineBackend } from '../backend.ts';

/** Sessions of each process. */
const max = 4;

export const backend = defineBackend({
  name: 'postgres',
  place: 'postgres',
  additions: { full: 100_000, quick: 4_000 },
  inFlight: 8,
  isWrite: /insert into|update /i,
  prepare: ({ url }) => migrate(url),
  openCounter: ({ url }) => postgresCounter({ connectionString: url, max }),
  openDocuments: ({ url }) => postgresDocumentStore({ connectionString: url, max }),
});
