/**
 * Only one at a time: a mutex that is a blob.
 *
 * The page is docs/cookbook/only-one-at-a-time.md. Azurite stands for the storage account; each export has a
 * lock object of its own, as a program of its own would have.
 * @module
 */
import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { ContainerClient } from '@azure/storage-blob';
import { blobLock } from '@runafter/azure-blob';
import { withLock } from '@runafter/lock';
import { Places } from 'integration-tests/places';

interface Row {
  readonly id: number;
  exported: boolean;
}

/** What the other side has received. */
const received: number[] = [];
let rows: Row[] = [];

function begin(): void {
  rows = Array.from({ length: 10 }, (_, id) => ({ id, exported: false }));
  received.length = 0;
}

async function exportRows({ signal }: { signal?: AbortSignal } = {}): Promise<void> {
  for (const row of rows.filter(({ exported }) => !exported)) {
    signal?.throwIfAborted();
    await setTimeout(20); // the row is on its way
    received.push(row.id);
    row.exported = true;
  }
}

async function asPeopleWriteIt(container: ContainerClient): Promise<void> {
  begin();
  // #region bug
  const flag = container.getBlockBlobClient('export-is-running');

  async function exportUnlessRunning(): Promise<void> {
    if (await flag.exists()) return;
    await flag.upload('yes', 3); // the others have found nothing either
    await exportRows();
    await flag.deleteIfExists();
  }

  await Promise.all([exportUnlessRunning(), exportUnlessRunning(), exportUnlessRunning()]);
  assert.ok(received.length > 10); // there are ten rows, and some were sent several times
  // #endregion
}

async function withALease(container: ContainerClient): Promise<void> {
  begin();
  // #region fix
  async function exportAlone(): Promise<void> {
    await using lock = blobLock(container, { ttl: '15s' });
    await withLock(lock, 'nightly-export', ({ signal }) => exportRows({ signal }), { wait: '2m' });
  }

  await Promise.all([exportAlone(), exportAlone(), exportAlone()]);
  assert.equal(received.length, 10);
  // #endregion
}

async function orNotAtAll(container: ContainerClient): Promise<void> {
  await using lock = blobLock(container);
  await using other = blobLock(container);
  // #region try
  await using lease = await lock.tryAcquire('nightly-export');
  assert.ok(lease);
  assert.equal(await other.tryAcquire('nightly-export'), undefined); // it runs already: come back tomorrow
  // #endregion

  // #region timeout
  await assert.rejects(other.acquire('nightly-export', { wait: '2s' }), {
    code: 'LOCK_TIMEOUT', // names the lock, and says how long was waited
  });
  // #endregion
}

await using places = new Places(() => {});
await using azurite = await places.open('azurite');
const container = new ContainerClient(azurite.place.url, azurite.place.container);
await asPeopleWriteIt(container);
await withALease(container);
await orNotAtAll(container);
