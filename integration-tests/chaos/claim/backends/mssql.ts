/**
 * SQL Server: pools and documents are rows.
 * @module
 */
import { migrate, mssqlDocumentStore } from '@runafter/mssql';
import { openPools } from '../../../claim/open-pools.ts';
import { defineClaimBackend } from '../backend.ts';

export const backend = defineClaimBackend({
  name: 'mssql',
  place: 'mssql',
  ttl: 2_000,
  pools: 1,
  rest: 300,
  isWrite: /insert into|update /i,
  prepare: ({ url }) => migrate(url),
  openPools: (place) => openPools({ backend: 'mssql', place }),
  openDocuments: ({ url }) => mssqlDocumentStore(`${url};Max Pool Size=2`),
});
