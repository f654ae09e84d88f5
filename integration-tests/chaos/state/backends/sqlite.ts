/**
 * SQLite: a file that all processes write to. There is no network, so no reply can be lost on it.
 * @module
 */
import { join } from 'node:path';
import { sqliteCounter, sqliteDocumentStore } from '@runafter/sqlite';
import { defineBackend } from '../backend.ts';

export const backend = defineBackend({
  name: 'sqlite',
  place: 'folder',
  additions: { full: 100_000, quick: 8_000 },
  inFlight: 100,
  note: 'there is no network to lose a reply on, so its processes are only killed.',
  isWrite: undefined,
  openCounter: ({ folder }) => sqliteCounter(join(folder, 'state.db')),
  openDocuments: ({ folder }) => sqliteDocumentStore(join(folder, 'state.db')),
});
