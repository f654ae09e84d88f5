/**
 * PostgreSQL: pools and documents are rows.
 * @module
 */
import { migrate, postgresDocumentStore } from '@runafter/postgres';
import { openPools } from '../../../claim/open-pools.ts';
import { defineClaimBackend } from '../backend.ts';

/** Sessions of each process, for its documents. */
const max = 4;

export const backend = defineClaimBackend({
  name: 'postgres',
  place: 'postgres',
  ttl: 1_000,
  pools: 3,
  rest: 100,
  isWrite: /insert into|update /i,
  prepare: ({ url }) => migrate(url),
  openPools: (place) => openPools({ backend: 'postgres', place }),
  openDocuments: ({ url }) => postgresDocumentStore({ connectionString: url, max }),
});
