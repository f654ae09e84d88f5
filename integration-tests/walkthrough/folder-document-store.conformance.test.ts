/** The driver of docs/add-a-driver.md keeps what every store of documents promises. */
// #region conformance
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeDocumentStore } from '@runafter/optimistic/conformance';
import { folderDocumentStore } from '../../docs/recipes/driver/folder-documents.ts';

describeDocumentStore('folderDocumentStore', {
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'runafter-documents-'));
    return {
      connect: async (options) => folderDocumentStore(folder, options),
      close: () => rm(folder, { recursive: true }),
    };
  },
  // There is no connection whose replies could be lost.
  capabilities: { lostReplies: false },
});
// #endregion
