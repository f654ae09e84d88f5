/**
 * The 412 loop: what has to be repeated when somebody else was faster.
 *
 * The page is docs/cookbook/the-412-loop.md. `sqliteDocumentStore` stands for any store; each writer has a
 * connection of his own, as a process would have.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '@runafter/errors';
import { type DocumentStore, memoryDocumentStore, update } from '@runafter/optimistic';
import { sqliteDocumentStore } from '@runafter/sqlite';

interface Stock {
  readonly left: number;
}

const folder = await mkdtemp(join(tmpdir(), 'the-412-loop-'));
const stores = Array.from({ length: 10 }, () =>
  sqliteDocumentStore<Stock>(join(folder, 'stock.db')),
);
const [first] = stores as [DocumentStore<Stock>];

async function asPeopleWriteIt(): Promise<void> {
  await first.create('chairs', { left: 100 });
  // #region bug
  async function takeOne(store: DocumentStore<Stock>): Promise<void> {
    const found = await store.read('chairs');
    assert(found);
    const next = { left: found.value.left - 1 };
    let { etag } = found;
    for (;;) {
      try {
        await store.replace('chairs', next, etag);
        return;
      } catch (error) {
        if (!hasCode(error, 'ETAG_MISMATCH')) throw error;
        etag = (await store.read('chairs'))?.etag ?? ''; // a new ETag for the old value
      }
    }
  }

  await Promise.all(stores.map(takeOne));
  assert.notEqual((await first.read('chairs'))?.value.left, 90); // ten were taken
  // #endregion
}

async function withUpdate(): Promise<void> {
  await first.create('tables', { left: 100 });
  // #region fix
  const taken = await Promise.all(
    stores.map((store) => update(store, 'tables', (now) => now && { left: now.left - 1 })),
  );
  assert.equal((await first.read('tables'))?.value.left, 90);

  const values = taken.map(({ value }) => value?.left);
  assert.equal(new Set(values).size, 10); // each got a number of his own
  // #endregion
}

async function inOneProcess(): Promise<void> {
  const store = memoryDocumentStore<Stock>();
  await store.create('lamps', { left: 100 });
  // #region combined
  const takeOne = () => update(store, 'lamps', (now) => now && { left: now.left - 1 });
  const [one] = await Promise.all(Array.from({ length: 100 }, takeOne));

  assert.equal((await store.read('lamps'))?.value.left, 0);
  assert.equal(one?.combined, 100); // one read and one write for all of them
  // #endregion
}

async function whenItIsTooMuch(): Promise<void> {
  const store = memoryDocumentStore<Stock>();
  await store.create('sofas', { left: 100 });
  const somebodyIsFaster = async (now: Stock | undefined) => {
    const current = await store.read('sofas');
    assert(current);
    await store.replace('sofas', { left: current.value.left - 1 }, current);
    return now && { left: now.left - 1 };
  };
  // #region contended
  await assert.rejects(update(store, 'sofas', somebodyIsFaster, { maxAttempts: 3 }), {
    code: 'UPDATE_CONTENDED',
    conflicts: 3, // the message says how contended it is, and names the ways out
  });
  // #endregion
}

await asPeopleWriteIt();
await withUpdate();
await inOneProcess();
await whenItIsTooMuch();
await Promise.all(stores.map((store) => store.close()));
await rm(folder, { recursive: true });
