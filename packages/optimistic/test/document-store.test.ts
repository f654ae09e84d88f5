/** What the document store adds to its driver, and what it says when something is wrong. */
import { getEventListeners } from 'node:events';
import { ServiceRefusedError } from '@runafter/errors';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, it } from 'vitest';
import { type DocumentStoreOptions, documentStore, type RecordEntry } from '../src/index.ts';
import { Backend, fates, faultyDriver, type Network, notDone } from './faulty-documents.ts';

interface Order {
  readonly total: number;
  readonly items?: readonly { readonly price: number }[];
}

function setUp(network: Network = {}, options: DocumentStoreOptions<Order> = {}) {
  const backend = new Backend();
  return {
    backend,
    store: documentStore<Order>(faultyDriver(backend, network), options),
    other: documentStore<Order>(faultyDriver(backend)),
  };
}

const fence = { token: 7n, owner: 'ann', assertHeld: () => {} };
const names = { store: 'Faulty documents', key: 'k' };

describe('a write that is refused', () => {
  it('because the document is there already says so', async () => {
    const { store } = setUp();
    await store.create('k', { total: 1 });
    await expect(store.create('k', { total: 2 })).rejects.toMatchObject({
      ...names,
      name: 'DocumentExistsError',
      code: 'DOCUMENT_EXISTS',
      message:
        'Document "k" is in Faulty documents already. Read it and replace it, or use update(), which does both.',
    });
  });

  it('because something is there that cannot be read is not sent again and again', async () => {
    let writes = 0;
    const store = documentStore<Order>({
      ...faultyDriver(new Backend()),
      read: async () => undefined,
      write: async () => {
        if (++writes > 2) throw new Error('sent again');
        return undefined;
      },
    });
    await expect(store.create('k', { total: 1 })).rejects.toMatchObject({
      code: 'DOCUMENT_EXISTS',
    });
  });

  it('because it was written since says which version it was made from', async () => {
    const { store } = setUp();
    const etag = await store.create('k', { total: 1 });
    const read = await store.read('k');
    await store.replace('k', { total: 2 }, etag);
    for (const version of [etag, read ?? '', { ...read } as never]) {
      for (const call of [
        () => store.replace('k', { total: 3 }, version),
        () => store.remove('k', version),
      ]) {
        await expect(call()).rejects.toMatchObject({
          ...names,
          code: 'ETAG_MISMATCH',
          etag,
          message: expect.stringContaining(`is not the version ${etag} any more`),
        });
      }
    }
    expect((await store.read('k'))?.value).toEqual({ total: 2 });
  });

  it.each(['', 'x'.repeat(401), '\udc00', 7 as never, null as never])(
    'because of its key %j, before anything is sent',
    async (key) => {
      const { store, backend } = setUp();
      for (const call of [
        () => store.read(key),
        () => store.create(key, { total: 1 }),
        () => store.replace(key, { total: 1 }, 'v1'),
        () => store.remove(key, 'v1'),
      ]) {
        await expect(call()).rejects.toMatchObject({
          code: 'DOCUMENT_KEY_INVALID',
          message: expect.stringMatching(/cannot be a key in Faulty documents: it .*1 to 400/),
        });
      }
      expect(backend.requests).toBe(0);
    },
  );

  it.each(['', 'x'.repeat(65), 'a,b', 'é', 7 as never, null as never])(
    'because of its write id %j',
    async (writeId) => {
      const { store } = setUp();
      await expect(store.create('k', { total: 1 }, { writeId })).rejects.toMatchObject({
        code: 'DOCUMENT_OPTION_INVALID',
        option: 'writeId',
      });
    },
  );

  it.each([
    [null, 'it is null'],
    ['ann', 'it is ann'],
    [{ ...fence, token: 7 }, 'its token is 7'],
    [{ ...fence, token: -1n }, 'its token is -1'],
    [{ ...fence, token: 10n ** 100n }, 'its token is 1000'],
    [{ ...fence, owner: '' }, 'its owner is ""'],
    [{ ...fence, owner: '😀'.repeat(101) }, 'its owner is'],
    [{ token: 7n, owner: 'ann' }, 'it has no assertHeld()'],
  ])('because %o is no fence', async (given, problem) => {
    const { store } = setUp();
    const calling = store.create('k', { total: 1 }, { fence: given as never });
    await expect(calling).rejects.toMatchObject({
      ...names,
      code: 'FENCE_INVALID',
      message: expect.stringContaining(problem),
    });
  });

  it('because of its fence names both fences', async () => {
    const { store } = setUp();
    const etag = await store.create('k', { total: 1 }, { fence });
    await expect(store.replace('k', { total: 2 }, etag)).rejects.toMatchObject({
      ...names,
      code: 'FENCE_REQUIRED',
      stored: { token: 7n, owner: 'ann' },
    });
    const bob = { ...fence, owner: 'bob' };
    for (const given of [{ ...fence, token: 6n }, bob]) {
      await expect(store.remove('k', etag, { fence: given })).rejects.toMatchObject({
        ...names,
        code: 'FENCE_STALE',
        stored: { token: 7n, owner: 'ann' },
        given: { token: given.token, owner: given.owner },
        message: expect.stringMatching(
          /written with token 7 of ann, and this write came with token [67] of (ann|bob)/,
        ),
      });
    }
    await store.remove('k', etag, { fence: { ...bob, token: 8n } });
  });

  it('because the driver keeps no fences says where to go', async () => {
    const { store, backend } = setUp({ keepsFacts: false });
    await expect(store.create('k', { total: 1 }, { fence })).rejects.toMatchObject({
      ...names,
      code: 'FENCE_UNSUPPORTED',
    });
    expect(backend.requests).toBe(0);
  });

  it('because the lock was lost is not sent', async () => {
    const lost = new Error('lost');
    const { store, backend } = setUp();
    const held = {
      ...fence,
      assertHeld() {
        throw lost;
      },
    };
    await expect(store.create('k', { total: 1 }, { fence: held })).rejects.toBe(lost);
    expect(backend.writes).toEqual([]);
  });
});

describe('a request that fails', () => {
  it.each([
    ['create', 'reply lost'],
    ['replace', 'request lost'],
    ['remove', 'reply lost'],
    ['remove with a fence', 'request lost'],
  ] as const)('leaves the outcome of %s unknown when it was cut: %s', async (operation, fate) => {
    let armed = false;
    const { store } = setUp({
      fateOf: ({ operation: kind }) => (armed && kind !== 'read' ? fate : 'done'),
    });
    const etag = operation === 'create' ? '' : await store.create('k', { total: 1 });
    armed = true;
    const calls = {
      create: () => store.create('k', { total: 1 }),
      replace: () => store.replace('k', { total: 2 }, etag),
      remove: () => store.remove('k', etag),
      'remove with a fence': () => store.remove('k', etag, { fence }),
    };
    await expect(calls[operation]()).rejects.toMatchObject({
      ...names,
      code: 'OUTCOME_UNKNOWN',
      cause: { code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' },
    });
  });

  it('passes on what says that nothing was done', async () => {
    for (const failure of [notDone(), new ServiceRefusedError('s', 'Ask.'), new TypeError('bug')]) {
      const { store } = setUp({ fateOf: fates('write', failure) });
      await expect(store.create('k', { total: 1 })).rejects.toBe(failure);
    }
  });

  it('is no unknown outcome when it only reads', async () => {
    const { store } = setUp({ fateOf: fates('read', 'reply lost') });
    await expect(store.read('k')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('a fenced document that was removed', () => {
  it('is not there for those who read or list, and stays closed to older fences', async () => {
    const { store } = setUp();
    const etag = await store.create('k', { total: 1 }, { fence });
    await store.remove('k', etag, { fence });
    expect(await store.read('k')).toBeUndefined();
    const listed: unknown[] = [];
    for await (const entry of store.list('')) listed.push(entry);
    expect(listed).toEqual([]);
    await expect(store.create('k', { total: 1 })).rejects.toMatchObject({ code: 'FENCE_REQUIRED' });
    const older = { ...fence, token: 6n };
    await expect(store.create('k', { total: 1 }, { fence: older })).rejects.toMatchObject({
      code: 'FENCE_STALE',
    });
    await store.create('k', { total: 2 }, { fence });
    expect((await store.read('k'))?.value).toEqual({ total: 2 });
  });

  it('is created anew by one of those who try at the same time', async () => {
    const { store } = setUp({ travel: () => new Promise((resolve) => setImmediate(resolve)) });
    const etag = await store.create('k', { total: 1 }, { fence });
    await store.remove('k', etag, { fence });
    const tries = Array.from({ length: 5 }, (_, total) => store.create('k', { total }, { fence }));
    const ends = await Promise.allSettled(tries);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'DOCUMENT_EXISTS' });
    }
  });

  it('is created although it vanishes while it is looked at', async () => {
    const world = setUp({
      travel: async ({ operation }) => {
        if (operation === 'read') world.backend.records.delete('k');
      },
    });
    const etag = await world.other.create('k', { total: 1 }, { fence });
    await world.other.remove('k', etag, { fence });
    await world.store.create('k', { total: 2 });
    expect(world.backend.value('k')).toEqual({ total: 2 });
  });
});

describe('a store with a schema', () => {
  const schema: StandardSchemaV1<unknown, Order> = {
    '~standard': {
      version: 1,
      vendor: 'test',
      async validate(value) {
        const { total = 0, items } = value as Partial<Order>;
        const issues = [
          ...(typeof total === 'number' ? [] : [{ message: 'must be a number', path: ['total'] }]),
          ...(items ?? []).flatMap(({ price }, at) =>
            price >= 0
              ? []
              : [
                  {
                    message: 'must not be negative',
                    path: [{ key: 'items' }, { key: at }, 'price'],
                  },
                ],
          ),
          ...(total === 13 ? [{ message: 'is bad luck' }] : []),
        ];
        return issues.length > 0 ? { issues } : { value: { total, ...(items && { items }) } };
      },
    },
  };

  it('fills in what the schema fills in, on the way in and on the way out', async () => {
    const { store, backend } = setUp({}, { schema });
    await store.create('k', {} as Order);
    expect(backend.value('k')).toEqual({ total: 0 });
    backend.overwrite('k', '{"other": 1}');
    expect((await store.read('k'))?.value).toEqual({ total: 0 });
    expect(await store.roundTrip('k', {} as Order)).toEqual({ total: 0 });
  });

  it('names every problem and its place, and writes nothing', async () => {
    const { store, backend } = setUp({}, { schema });
    const value = { total: '1', items: [{ price: 1 }, { price: -1 }] } as never;
    await expect(store.create('k', value)).rejects.toMatchObject({
      ...names,
      code: 'DOCUMENT_INVALID',
      found: 'writing',
      message:
        'Document "k" cannot be written to Faulty documents: value.total: must be a number; ' +
        'value.items[1].price: must not be negative. Nothing was written.',
    });
    expect(backend.requests).toBe(0);
    backend.overwrite('k', '{"total": 13}');
    await expect(store.read('k')).rejects.toMatchObject({
      found: 'reading',
      message:
        'Document "k" in Faulty documents cannot be used: value: is bad luck. Mend what is stored, or the schema.',
    });
  });

  it('passes on what a schema throws as the cause', async () => {
    const bug = new Error('a bug of the schema');
    const broken: StandardSchemaV1<unknown, Order> = {
      '~standard': {
        ...schema['~standard'],
        validate() {
          throw bug;
        },
      },
    };
    const { store } = setUp({}, { schema: broken });
    await expect(store.create('k', { total: 1 })).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
      cause: bug,
    });
  });
});

describe('a body', () => {
  it.each(['', '{', 'text', '<html>'])('that is %j is no value', async (body) => {
    const { store, backend } = setUp();
    backend.overwrite('k', body);
    await expect(store.read('k')).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
      found: 'reading',
      cause: { name: 'SyntaxError' },
    });
  });

  it('is what the codec makes of the value', async () => {
    const codec = {
      encode: (value: unknown) => `<${(value as Order).total}>`,
      decode: (text: string) => ({ total: Number(text.slice(1, -1)) }),
    };
    const { store, backend } = setUp({}, { codec });
    await store.create('k', { total: 5 });
    expect(backend.records.get('k')?.body).toBe('<5>');
    expect((await store.read('k'))?.value).toEqual({ total: 5 });
  });
});

describe('a call that is aborted', () => {
  it.each(['read', 'create', 'replace', 'remove', 'list'] as const)(
    'ends at once while it waits for the reply: %s',
    async (operation) => {
      let fail = (_: Error) => {};
      const { store, other } = setUp({
        travel: () =>
          new Promise((_, reject) => {
            fail = reject;
          }),
      });
      const etag = await other.create('k', { total: 1 });
      const version = (await other.read('k')) ?? etag;
      const controller = new AbortController();
      const { signal } = controller;
      const calls = {
        read: () => store.read('k', { signal }),
        create: () => store.create('l', { total: 1 }, { signal }),
        replace: () => store.replace('k', { total: 2 }, version, { signal }),
        remove: () => store.remove('k', version, { signal }),
        list: () => store.list('', { signal })[Symbol.asyncIterator]().next(),
      };
      const ending = (calls[operation]() as Promise<unknown>).catch((error: unknown) => error);
      await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      expect(await ending).toBe(signal.reason);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      // What becomes of the request now is nobody's unhandled rejection.
      fail(new Error('cut'));
      await new Promise((resolve) => setImmediate(resolve));
      await expect(calls[operation]()).rejects.toBe(signal.reason);
    },
  );

  it('in the middle of a list tells the driver to stop', async () => {
    let stopped = false;
    async function* endless(): AsyncGenerator<RecordEntry> {
      try {
        for (let n = 0; ; n++) yield { key: `k${n}`, etag: String(n), isTombstone: n % 2 === 1 };
      } finally {
        stopped = true;
      }
    }
    const store = documentStore<Order>({ ...faultyDriver(new Backend()), list: endless });
    const controller = new AbortController();
    const reason = new Error('enough');
    const seen: string[] = [];
    const listing = (async () => {
      for await (const { key } of store.list('', { signal: controller.signal })) {
        if (seen.push(key) === 3) controller.abort(reason);
      }
    })();
    await expect(listing).rejects.toBe(reason);
    expect(seen).toEqual(['k0', 'k2', 'k4']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(true);
    stopped = false;
    for await (const _ of store.list('')) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped, 'whoever breaks off a list stops it, too').toBe(true);
  });
});

describe('a store that was closed', () => {
  it('takes no calls, and closes its driver once', async () => {
    let closed = 0;
    const driver = faultyDriver(new Backend());
    const store = documentStore<Order>({
      ...driver,
      async close() {
        closed++;
      },
    });
    await store.close();
    await store[Symbol.asyncDispose]();
    expect(closed).toBe(1);
    for (const call of [
      () => store.read('k'),
      () => store.create('k', { total: 1 }),
      () => store.replace('k', { total: 1 }, 'v1'),
      () => store.remove('k', 'v1'),
      () => store.list('')[Symbol.asyncIterator]().next(),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: 'SERVICE_CLOSED',
        service: 'Faulty documents',
      });
    }
  });
});

describe('replacing a version', () => {
  it('that was read costs one request, and by its ETag two', async () => {
    const { store, backend } = setUp();
    await store.create('k', { total: 1 });
    const read = await store.read('k');
    backend.requests = 0;
    const etag = await store.replace('k', { total: 2 }, read ?? '');
    expect(backend.requests).toBe(1);
    await store.replace('k', { total: 3 }, etag);
    expect(backend.requests).toBe(3);
  });

  it('that was read on another store is compared all the same', async () => {
    const { store, other } = setUp();
    await store.create('k', { total: 1 }, { fence });
    const read = await other.read('k');
    await expect(store.replace('k', { total: 2 }, read ?? '')).rejects.toMatchObject({
      code: 'FENCE_REQUIRED',
    });
  });
});
