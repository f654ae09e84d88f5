/**
 * PostgreSQL: locks and documents are rows.
 * @module
 */
import { migrate, postgresDocumentStore } from '@runafter/postgres';
import { openLock } from '../../../lock/open-lock.ts';
import { defineLockBackend } from '../backend.ts';

/** Sessions of each process, for its documents. */
const max = 4;

export const backend = defineLockBackend({
  name: 'postgres',
  place: 'postgres',
  ttl: 1_000,
  heldAtOnce: 20,
  rest: 400,
  isWrite: /insert into|update /i,
  prepare: ({ url }) => migrate(url),
  openLock: (place) => openLock({ backend: 'postgres', place }),
  openDocuments: ({ url }) => postgresDocumentStore({ connectionString: url, max }),
});
