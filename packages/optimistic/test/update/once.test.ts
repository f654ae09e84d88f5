/** An update that comes again with the id of its operation, as one of an action that was resumed does. */
import { describe, expect, it } from 'vitest';
import { documentStore, memoryDocumentStore, update } from '../../src/index.ts';

interface Stock {
  readonly left: number;
}

const takeOne = (stock: Stock = { left: 100 }) => ({ left: stock.left - 1 });
const once = 'run-7/Scope[3]/Take, and any other text 😀';

describe('an update with the id of its operation', () => {
  it('is made once, however often it comes', async () => {
    const store = memoryDocumentStore<Stock>();
    const first = await update(store, 'chairs', takeOne, { once });
    const second = await update(store, 'chairs', takeOne, { once });
    expect(first).toMatchObject({ value: { left: 99 }, changed: true });
    expect(second).toMatchObject({ value: { left: 99 }, changed: false, etag: first.etag });
  });

  it('is made once when it comes many times at once', async () => {
    const store = memoryDocumentStore<Stock>();
    const ends = await Promise.all(
      Array.from({ length: 40 }, (_, n) => update(store, 'chairs', takeOne, { once: `${n % 8}` })),
    );
    expect((await store.read('chairs'))?.value).toEqual({ left: 92 });
    expect(ends.filter(({ changed }) => changed)).toHaveLength(8);
    expect(ends.every(({ combined }) => combined === 1)).toBe(true);
  });

  it('is known among the last 32 writes, and the first, whoever has made the others', async () => {
    const store = memoryDocumentStore<Stock>();
    await update(store, 'chairs', takeOne);
    await update(store, 'chairs', takeOne, { once });
    for (let n = 0; n < 31; n++) await update(store, 'chairs', takeOne);
    expect(await update(store, 'chairs', takeOne, { once })).toMatchObject({ changed: false });
    await update(store, 'chairs', takeOne);
    expect(await update(store, 'chairs', takeOne, { once })).toMatchObject({ changed: true });
  });

  it('is refused where a store keeps no ids of writes', async () => {
    const body = JSON.stringify({ left: 1 });
    const store = documentStore<Stock>({
      name: 'Plain resource',
      keepsFacts: false,
      read: async () => ({ body, facts: undefined, etag: 'a' }),
      write: async () => 'b',
      remove: async () => true,
      async *list() {},
      close: async () => {},
    });
    await expect(update(store, 'chairs', takeOne, { once })).rejects.toMatchObject({
      code: 'UPDATE_OPTION_INVALID',
      option: 'once',
    });
  });

  it('needs an id, and a function', async () => {
    const store = memoryDocumentStore<Stock>();
    await expect(update(store, 'chairs', takeOne, { once: '' })).rejects.toMatchObject({
      option: 'once',
    });
    await expect(update(store, 'chairs', undefined as never)).rejects.toMatchObject({
      code: 'UPDATE_OPTION_INVALID',
      option: 'change',
    });
  });
});

describe('a version', () => {
  it('is that of its own key', async () => {
    const store = memoryDocumentStore<Stock>();
    await store.create('chairs', { left: 1 });
    await store.create('tables', { left: 1 });
    const chairs = await store.read('chairs');
    if (chairs === undefined) throw new Error('no chairs');
    await expect(store.replace('tables', { left: 0 }, chairs)).rejects.toMatchObject({
      code: 'ETAG_MISMATCH',
    });
  });

  it('has to be given', async () => {
    const store = memoryDocumentStore<Stock>();
    await expect(store.remove('chairs', undefined as never)).rejects.toMatchObject({
      code: 'DOCUMENT_OPTION_INVALID',
      option: 'version',
    });
  });
});
