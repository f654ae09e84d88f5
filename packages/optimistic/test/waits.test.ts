/** An update that met a newer version says so on the channel of waits. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { systemClock, watchWaits } from '@runafter/clock';
import { expect, it, onTestFinished } from 'vitest';
import { memoryDocumentStore, update } from '../src/index.ts';

it('the pause after a conflict is told with the document, and an update without one is no wait', async () => {
  const store = memoryDocumentStore<number>();
  const told: string[] = [];
  onTestFinished(
    watchWaits(({ kind, name }) => {
      told.push(`${kind} ${name}`);
      return undefined;
    }),
  );
  await update(store, 'order-17', () => 1);
  expect(told).toEqual([]);
  let isFirst = true;
  const { value } = await update(
    store,
    'order-17',
    async (current = 0) => {
      if (isFirst) {
        isFirst = false;
        const found = await store.read('order-17');
        await store.replace('order-17', 10, found?.etag ?? '');
      }
      return current + 1;
    },
    { clock: systemClock },
  );
  expect(value).toBe(11);
  expect(told).toEqual(['conflict order-17']);
});

it('updates that are made together are each made, and wait, in the context of their callers', async () => {
  const store = memoryDocumentStore<number>();
  const callers = new AsyncLocalStorage<string>();
  const told: unknown[] = [];
  const made: unknown[] = [];
  onTestFinished(
    watchWaits(() => {
      told.push(callers.getStore());
      return () => told.push(`${callers.getStore()} no more`);
    }),
  );
  await store.create('stock', 0);
  let isFirst = true;
  const change = async (current = 0) => {
    made.push(callers.getStore());
    if (isFirst) {
      isFirst = false;
      const found = await store.read('stock');
      await store.replace('stock', 10, found?.etag ?? '');
    }
    return current + 1;
  };
  await Promise.all(
    ['a', 'b'].map((caller) => callers.run(caller, () => update(store, 'stock', change))),
  );
  expect((await store.read('stock'))?.value).toBe(12);
  expect(made).toEqual(['a', 'b', 'a', 'b']);
  expect(told).toEqual(['a', 'b', 'a no more', 'b no more']);
});
