/**
 * SQLite: pools and documents are rows of files that all processes write to. There is no network, so no
 * reply can be lost on it.
 * @module
 */
import { join } from 'node:path';
import { sqliteDocumentStore } from '@runafter/sqlite';
import { openPools } from '../../../claim/open-pools.ts';
import { defineClaimBackend } from '../backend.ts';

export const backend = defineClaimBackend({
  name: 'sqlite',
  place: 'folder',
  // Few transactions: whoever is paused in one keeps all others from the file.
  ttl: 2_000,
  pools: 2,
  rest: 250,
  note: 'there is no network to lose a reply on.',
  isWrite: undefined,
  openPools: (place) => openPools({ backend: 'sqlite', place }),
  openDocuments: ({ folder }) => sqliteDocumentStore(join(folder, 'documents.db')),
});
