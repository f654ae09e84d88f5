/**
 * SQL Server: a lock belongs to a connection. A process that is paused keeps its connections, and so its
 * locks, until they are cut.
 * @module
 */
import { migrate, mssqlDocumentStore } from '@runafter/mssql';
import { openLock } from '../../../lock/open-lock.ts';
import { defineLockBackend } from '../backend.ts';

export const backend = defineLockBackend({
  name: 'mssql',
  place: 'mssql',
  ttl: 2_000,
  heldAtOnce: 20,
  rest: 1_000,
  endsWithConnection: true,
  note: 'a lock lasts as long as its connection, which is cut while its process is paused.',
  isWrite: /insert into|update /i,
  prepare: ({ url }) => migrate(url),
  openLock: (place) => openLock({ backend: 'mssql', place }),
  openDocuments: ({ url }) => mssqlDocumentStore(`${url};Max Pool Size=2`),
});
