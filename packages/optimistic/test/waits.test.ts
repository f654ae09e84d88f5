/** An update that met a newer version says so on the channel of waits. */
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
