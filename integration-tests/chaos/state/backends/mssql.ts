/**
 * SQL Server: an addition is one call of a procedure.
 * @module
 */
import { migrate, mssqlCounter, mssqlDocumentStore } from '@runafter/mssql';
import { defineBackend } from '../backend.ts';

export const backend = defineBackend({
  name: 'mssql',
  place: 'mssql',
  additions: { full: 10_000, quick: 320 },
  inFlight: 2,
  note: 'it makes fewer additions than the others, since servers for T-SQL take their time in tests.',
  isWrite: /add_to_counter|insert into|update /i,
  prepare: ({ url }) => migrate(url),
  openCounter: ({ url }) => mssqlCounter(withSmallPool(url)),
  openDocuments: ({ url }) => mssqlDocumentStore(withSmallPool(url)),
});

/** Two sessions for each process: on some servers it takes long to open one. */
function withSmallPool(url: string): string {
  return `${url};Max Pool Size=2`;
}
