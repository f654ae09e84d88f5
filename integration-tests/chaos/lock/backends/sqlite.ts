/**
 * SQLite: locks and documents are rows of files that all processes write to. There is no network, so no
 * reply can be lost on it.
 * @module
 */
import { join } from 'node:path';
import { sqliteDocumentStore } from '@runafter/sqlite';
import { openLock } from '../../../lock/open-lock.ts';
import { defineLockBackend } from '../backend.ts';

export const backend = defineLockBackend({
  name: 'sqlite',
  place: 'folder',
  // Few transactions: whoever is paused in one keeps all others from the file.
  ttl: 2_000,
  heldAtOnce: 20,
  rest: 600,
  note: 'there is no network to lose a reply on.',
  isWrite: undefined,
  openLock: (place) => openLock({ backend: 'sqlite', place }),
  openDocuments: ({ folder }) => sqliteDocumentStore(join(folder, 'documents.db')),
});
