// Add a driver: a store of your own has update(), fences and lost replies seen through, like any other.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { update } from '@runafter/optimistic';
import { folderDocumentStore } from './driver/folder-documents.ts';

const folder = mkdtempSync(join(tmpdir(), 'runafter-documents-'));

// #region use
// Two stores on one folder, as two processes would have them.
const here = folderDocumentStore<{ total: number }>(folder);
const there = folderDocumentStore<{ total: number }>(folder);
await here.create('orders', { total: 0 });
await Promise.all(
  Array.from({ length: 100 }, (_, at) =>
    update(
      at % 2 === 0 ? here : there,
      'orders',
      (orders) => orders && { total: orders.total + 1 },
    ),
  ),
);
const orders = await there.read('orders');
console.log(orders?.value); // { total: 100 }
// #endregion

assert.deepEqual(orders?.value, { total: 100 });
rmSync(folder, { recursive: true });
