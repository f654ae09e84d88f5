/** What is kept beside a value: short, plain, and true. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentStore } from '../src/index.ts';
import { Backend, faultyDriver } from './faulty-documents.ts';

function setUp() {
  const backend = new Backend();
  return { backend, store: documentStore<number>(faultyDriver(backend)) };
}

const assertHeld = () => {};

describe('the facts of a document', () => {
  it('are one line of printable ASCII of at most 4,000 characters, at the very worst', async () => {
    const { store, backend } = setUp();
    for (const owner of [
      '😀'.repeat(100),
      '\u0000'.repeat(200),
      '\ud800'.repeat(200),
      '"\\'.repeat(100),
    ]) {
      const key = `k ${owner.codePointAt(0)}`;
      const fence = { token: 10n ** 100n - 1n, owner, assertHeld };
      let etag = await store.create(key, 0, { fence, writeId: 'w'.repeat(64) });
      for (let n = 0; n < 40; n++) {
        const writeId = String(n).padStart(64, '-');
        etag = await store.replace(key, n, etag, { fence, writeId });
      }
      const facts = backend.records.get(key)?.facts ?? '';
      expect(facts).toMatch(/^[\x20-\x7e]+$/);
      expect(facts.length).toBeLessThanOrEqual(4_000);
      await store.replace(key, 1, etag, { fence });
      const other = { ...fence, owner: `${owner.slice(0, -1)}x` };
      const now = await store.read(key);
      await expect(store.replace(key, 1, now?.etag ?? '', { fence: other })).rejects.toMatchObject({
        code: 'FENCE_STALE',
        stored: { token: fence.token, owner },
      });
    }
  });

  it('come back as they were, whatever the owner is called', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
        fc.bigInt({ min: 0n, max: 10n ** 100n - 1n }),
        async (owner, token) => {
          const { store } = setUp();
          await store.create('k', 1, { fence: { owner, token, assertHeld }, writeId: 'a' });
          await expect(
            store.create('l', 1, { fence: { owner, token: -1n, assertHeld } }),
          ).rejects.toMatchObject({ code: 'FENCE_INVALID' });
          const read = await store.read('k');
          expect(read?.writes).toMatchObject({ first: 'a', latest: 'a', count: 1 });
          await expect(store.remove('k', read?.etag ?? '')).rejects.toMatchObject({
            stored: { owner, token },
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it.each([
    '',
    'not JSON',
    '{"token":',
    'null',
    '{"token":"x","owner":"a"}',
    '{"count":1,"last":7}',
  ])('are not guessed when they are %j', async (facts) => {
    const { store, backend } = setUp();
    backend.overwrite('k', '1', facts);
    const says = expect.stringContaining('is no facts of ours');
    for (const call of [
      () => store.read('k'),
      () => store.replace('k', 2, backend.records.get('k')?.etag ?? ''),
      () => store.remove('k', backend.records.get('k')?.etag ?? ''),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'DOCUMENT_INVALID', message: says });
    }
    expect(backend.value('k')).toBe(1);
  });

  it('begin anew over what something else has written', async () => {
    const { store, backend } = setUp();
    backend.overwrite('k', '1');
    const found = await store.read('k');
    expect(found).toMatchObject({
      value: 1,
      writes: { first: undefined, latest: undefined, count: 0 },
    });
    await store.replace('k', 2, found ?? '', { writeId: 'a' });
    expect((await store.read('k'))?.writes).toMatchObject({ first: 'a', latest: 'a', count: 1 });
  });

  it('do not outlive a document, apart from the fence', async () => {
    const { store, backend } = setUp();
    const fence = { token: 3n, owner: 'ann', assertHeld };
    const etag = await store.create('k', 1, { fence, writeId: 'a' });
    await store.remove('k', etag, { fence });
    expect(backend.records.get('k')?.body).toBeUndefined();
    await store.create('k', 1, { fence, writeId: 'b' });
    const writes = (await store.read('k'))?.writes;
    expect(writes).toMatchObject({ first: 'b', count: 1 });
    expect(writes?.includes('a')).toBe(false);
  });

  it('are written where the driver keeps them, and nowhere else', async () => {
    const backend = new Backend();
    const store = documentStore<number>(faultyDriver(backend, { keepsFacts: false }));
    await store.create('k', 1);
    expect(backend.records.get('k')?.facts).toBeUndefined();
    expect((await store.read('k'))?.writes).toBeUndefined();
  });
});
