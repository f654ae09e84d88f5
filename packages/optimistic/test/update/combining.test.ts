/** How the updates of one process share a cycle, and what each of them is told. */
import { describe, expect, it, vi } from 'vitest';
import { documentStore, type Fence, memoryDocumentStore, update } from '../../src/index.ts';
import { UpdateQueue } from '../../src/update/update-queue.ts';
import { Backend, faultyDriver } from '../faulty-documents.ts';
import { gate, lists, rejectionOf } from './lists.ts';

describe('updates that wait for the same key', () => {
  it('share one read and one write, each applied to what the one before it made', async () => {
    const { add, backend } = lists();
    const updated = await Promise.all(['a', 'b', 'c'].map((name) => add(name)));
    expect(backend.value('k')).toEqual(['a', 'b', 'c']);
    expect(backend.requests).toBe(2);
    expect(updated.map(({ value }) => value)).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']]);
    expect(updated.map(({ combined, attempts }) => [combined, attempts])).toEqual([
      [3, 1],
      [3, 1],
      [3, 1],
    ]);
  });

  it('are served in the order of their calls, also those that come while a cycle runs', async () => {
    const entered = gate();
    const { backend, add, store, options } = lists();
    const first = update(
      store,
      'k',
      async (names = []) => {
        await entered.opened;
        return [...names, 'first'];
      },
      options,
    );
    await new Promise((resolve) => setImmediate(resolve));
    const later = ['second', 'third'].map((name) => add(name));
    entered.open();
    expect((await first).combined).toBe(1);
    expect((await Promise.all(later)).map(({ combined }) => combined)).toEqual([2, 2]);
    expect(backend.value('k')).toEqual(['first', 'second', 'third']);
  });

  it('share a cycle up to the bound, and the smallest of their bounds counts', async () => {
    const { add, backend } = lists();
    const two = Array.from({ length: 5 }, (_, n) => add(String(n), { combine: 2 }));
    expect((await Promise.all(two)).map(({ combined }) => combined)).toEqual([2, 2, 2, 2, 1]);
    const mixed = [add('a'), add('b'), add('c', { combine: 1 }), add('d')];
    expect((await Promise.all(mixed)).map(({ combined }) => combined)).toEqual([2, 2, 1, 1]);
    const joined = [add('a'), add('b'), add('c', { combine: 2 }), add('d')];
    expect((await Promise.all(joined)).map(({ combined }) => combined)).toEqual([2, 2, 2, 2]);
    expect(backend.writes).toHaveLength(3 + 3 + 2);
  });

  it('do not wait for those of another key or another store', async () => {
    const { store, options, other } = lists();
    const never = new AbortController();
    const stuck = update(store, 'k', () => new Promise<never>(() => {}), {
      ...options,
      signal: never.signal,
    });
    await update(store, 'l', () => ['l'], options);
    await update(other, 'k', () => ['k'], options);
    never.abort();
    await expect(stuck).rejects.toBe(never.signal.reason);
  });

  it('are told the version that holds their value, and no other', async () => {
    const { store, options, backend } = lists();
    const before = await store.create('k', ['x']);
    const leave = () => undefined;
    const [same, first, second, third] = await Promise.all([
      update(store, 'k', leave, options),
      update(store, 'k', (names = []) => [...names, 'a'], options),
      update(store, 'k', (names = []) => [...names, 'b'], options),
      update(store, 'k', leave, options),
    ]);
    expect(same).toMatchObject({ value: ['x'], etag: before, changed: false });
    expect(first).toMatchObject({ value: ['x', 'a'], etag: undefined, changed: true });
    const after = backend.records.get('k')?.etag;
    expect(second).toMatchObject({ value: ['x', 'a', 'b'], etag: after, changed: true });
    expect(third).toMatchObject({ value: ['x', 'a', 'b'], etag: after, changed: false });
  });

  it('write nothing when all of them leave the document as it is', async () => {
    const { store, options, backend } = lists();
    expect(await update(store, 'k', () => undefined, options)).toEqual({
      value: undefined,
      etag: undefined,
      changed: false,
      attempts: 1,
      combined: 1,
    });
    expect(backend.writes).toEqual([]);
  });

  it('get objects of their own, whatever the others do with theirs', async () => {
    const store = memoryDocumentStore<{ names: string[] }>();
    await store.create('k', { names: ['x'] });
    const failure = new Error('no');
    const [kept, mutated, failed, left] = await Promise.allSettled([
      update(store, 'k', (value = { names: [] }) => ({ names: [...value.names, 'kept'] })),
      update(store, 'k', (value = { names: [] }) => {
        value.names.push('mutated');
        return value;
      }),
      update(store, 'k', (value = { names: [] }) => {
        value.names.length = 0;
        throw failure;
      }),
      update(store, 'k', (value = { names: [] }) => {
        value.names.push('forgotten');
        return undefined;
      }),
    ]);
    expect(kept).toMatchObject({ value: { value: { names: ['x', 'kept'] } } });
    expect(mutated).toMatchObject({ value: { value: { names: ['x', 'kept', 'mutated'] } } });
    expect(failed).toEqual({ status: 'rejected', reason: failure });
    expect(left).toMatchObject({ value: { value: { names: ['x', 'kept', 'mutated'] } } });
    expect((await store.read('k'))?.value).toEqual({ names: ['x', 'kept', 'mutated'] });
    if (mutated.status !== 'fulfilled' || left.status !== 'fulfilled') throw new Error('failed');
    mutated.value.value.names.push('later');
    expect(left.value.value?.names).not.toContain('later');
  });

  it('hand the value on as it is when they say that they never modify it', async () => {
    const store = memoryDocumentStore<{ names: string[] }>();
    const seen: unknown[] = [];
    const made: unknown[] = [];
    const add = (name: string) =>
      update(
        store,
        'k',
        (value = { names: [] }) => {
          seen.push(value);
          const next = { names: [...value.names, name] };
          made.push(next);
          return next;
        },
        { pure: true },
      );
    await Promise.all(['a', 'b', 'c'].map(add));
    expect(seen[1]).toBe(made[0]);
    expect(seen[2]).toBe(made[1]);
    expect((await store.read('k'))?.value).toEqual({ names: ['a', 'b', 'c'] });
  });

  it('are told a value that is stored, alone as well as together', async () => {
    const store = memoryDocumentStore<{ at: unknown; names: string[] }>();
    const at = new Date(0);
    const made = { at, names: ['a'] };
    const { value } = await update(store, 'k', () => made);
    made.names.push('later');
    expect(value).toEqual({ at: '1970-01-01T00:00:00.000Z', names: ['a'] });
    const left = await update(store, 'k', (current) => {
      current?.names.push('forgotten');
      return undefined;
    });
    expect(left.value).toEqual(value);
  });

  it('fail alone when they throw, reject, or return what cannot be stored', async () => {
    const { store, add, options, backend } = lists();
    const failure = new Error('no');
    const results = await Promise.allSettled([
      add('a'),
      update<readonly string[]>(
        store,
        'k',
        () => {
          throw failure;
        },
        options,
      ),
      update<readonly string[]>(store, 'k', () => Promise.reject(failure), options),
      update(store, 'k', () => [Number.NaN] as never, options),
      add('b'),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(results[1]).toMatchObject({ reason: failure });
    expect(results[2]).toMatchObject({ reason: failure });
    expect(results[3]).toMatchObject({
      reason: { code: 'DOCUMENT_INVALID', message: expect.stringContaining('value[0] is NaN') },
    });
    expect(results[0]).toMatchObject({ value: { combined: 2 } });
    expect(backend.value('k')).toEqual(['a', 'b']);
  });

  it('are served one by one after the store has refused them together', async () => {
    const tooLarge = new Error('too large');
    const backend = new Backend();
    const driver = faultyDriver(backend);
    const store = documentStore<string[]>({
      ...driver,
      write: async (key, record, ...rest) => {
        if (record.body?.includes('large')) throw tooLarge;
        return driver.write(key, record, ...rest);
      },
    });
    const add = (name: string) =>
      update(store, 'k', (names = []) => [...names, name], { maxAttempts: 1 });
    const results = await Promise.allSettled(['a', 'large', 'b', 'c'].map(add));
    expect(results[1]).toEqual({ status: 'rejected', reason: tooLarge });
    for (const at of [0, 2, 3]) {
      expect(results[at]).toMatchObject({ value: { attempts: 1, combined: 1 } });
    }
    expect(backend.value('k')).toEqual(['a', 'b', 'c']);
    const later = await Promise.all(['d', 'e'].map(add));
    expect(later.map(({ combined }) => combined)).toEqual([2, 2]);
  });

  it('all end with the error of a read that fails for good', async () => {
    const failure = new Error('no right to read');
    const { add, backend } = lists({ fateOf: () => failure });
    const results = await Promise.allSettled(['a', 'b'].map((name) => add(name)));
    expect(results).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'rejected', reason: failure },
    ]);
    expect(backend.requests).toBe(1);
  });

  it('leave no queue behind, and find none that has ended', async () => {
    const queues = new Set<ReadonlyMap<unknown, unknown>>();
    const set = Map.prototype.set;
    const spy = vi.spyOn(Map.prototype, 'set').mockImplementation(function (
      this: Map<unknown, unknown>,
      key,
      value,
    ) {
      if (value instanceof UpdateQueue) queues.add(this);
      return set.call(this, key, value);
    });
    const { store, options, add } = lists();
    const keys = Array.from({ length: 100 }, (_, n) => `key ${n}`);
    await Promise.all(keys.map((key) => update(store, key, () => [key], options)));
    const controller = new AbortController();
    const aborted = add('a', { signal: controller.signal });
    controller.abort();
    await rejectionOf(aborted);
    await add('b');
    spy.mockRestore();
    await new Promise((resolve) => setImmediate(resolve));
    expect([...queues].map((map) => map.size)).toEqual([0]);
  });
});

describe('updates with a fence', () => {
  const fenceOf = (token: bigint, assertHeld = () => {}): Fence => {
    return { token, owner: `owner ${token}`, assertHeld };
  };

  it('are never in one write with those of another fence, or of none', async () => {
    const { add, backend } = lists();
    const first = fenceOf(1n);
    const second = fenceOf(2n);
    await add('plain');
    const updated = await Promise.all([
      add('a', { fence: first }),
      add('b', { fence: first }),
      add('c', { fence: second }),
      add('d', { fence: { ...second } }),
    ]);
    expect(updated.map(({ combined }) => combined)).toEqual([2, 2, 1, 1]);
    expect(backend.writes).toHaveLength(4);
    const late = await Promise.allSettled([add('e'), add('f', { fence: first })]);
    expect(late).toMatchObject([
      { reason: { code: 'FENCE_REQUIRED' } },
      { reason: { code: 'FENCE_STALE' } },
    ]);
    expect(backend.value('k')).toEqual(['plain', 'a', 'b', 'c', 'd']);
  });

  it('fail alone when the holder knows that it has lost the lock', async () => {
    const { add, backend } = lists();
    const lost = new Error('the lock was lost');
    const fence = fenceOf(7n, () => {
      throw lost;
    });
    const results = await Promise.allSettled([
      add('a'),
      add('b', { fence }),
      add('c', { fence }),
      add('d'),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    expect(results[1]).toMatchObject({ reason: lost });
    expect(results[2]).toMatchObject({ reason: lost });
    expect(backend.value('k')).toEqual(['a', 'd']);
  });
});
