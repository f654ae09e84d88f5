/** Documents in a file keep what every store of documents promises. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeCreateOnce } from '@runafter/claim/conformance';
import type { DocumentStore } from '@runafter/optimistic';
import { type DocumentStoreHarness, describeDocumentStore } from '@runafter/optimistic/conformance';
import { sqliteDocumentStore } from '../../src/index.ts';

const harness: DocumentStoreHarness = {
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'runafter-sqlite-'));
    const stores: DocumentStore<never>[] = [];
    return {
      async connect<T>(options = {}) {
        const file = join(folder, 'app.db');
        const store = sqliteDocumentStore<T>(file, { ...options, synchronous: 'normal' });
        stores.push(store as DocumentStore<never>);
        return store;
      },
      async close() {
        await Promise.all(stores.map((store) => store.close()));
        rmSync(folder, { recursive: true });
      },
    };
  },
  pageSize: 500,
  // No network is between a process and its file, so no reply can be lost.
  capabilities: { lostReplies: false },
};

describeDocumentStore('sqliteDocumentStore', harness);
describeCreateOnce('sqliteDocumentStore', harness);
