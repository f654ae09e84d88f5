/**
 * Where the items of a loop come from, and what becomes of the loop when they do not come.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { failed, type Items, type RunResult, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';
import { thenable } from './thenable.ts';

/** Runs a loop that hands over each item in upper case. */
function upperCase(items: () => Items<string>): Promise<RunResult<string[]>> {
  const flow = workflow('Upper_Case', (flow) =>
    flow.forEach('Loop', [], items, (each) =>
      each.action('Upper', async ({ item }) => item.toUpperCase()),
    ),
  );
  return start(flow, undefined).finished;
}

const letters = ['a', 'b', 'c'];

async function* stream(): AsyncGenerator<string> {
  yield* letters;
}

describe('the items of a loop', () => {
  it.each<{ what: string; items: () => Items<string> }>([
    { what: 'an array', items: () => letters },
    { what: 'a set', items: () => new Set(letters) },
    { what: 'the keys of a map', items: () => new Map(letters.map((key) => [key, 1])).keys() },
    { what: 'a generator', items: () => letters.values() },
    { what: 'an async generator', items: stream },
    { what: 'a promise of an array', items: async () => letters },
    { what: 'a promise of an async generator', items: async () => stream() },
    { what: 'something that can only be awaited', items: () => thenable(letters) },
    {
      what: 'a query that can be awaited and iterated',
      items: () => Object.assign(stream(), thenable(['awaited'])) as AsyncIterable<string>,
    },
  ])('may be $what', async ({ items }) => {
    expect(await upperCase(items)).toMatchObject({
      status: 'Succeeded',
      outputs: ['A', 'B', 'C'],
    });
  });

  it.each<{ what: string; items: () => Items<string>; said: string }>([
    { what: 'undefined', items: () => undefined as never, said: 'undefined' },
    { what: 'null', items: () => null as never, said: 'null' },
    { what: 'a number', items: () => 3 as never, said: 'number' },
    { what: 'a string', items: () => 'abc', said: 'string' },
    { what: 'an object without items', items: () => ({ length: 3 }) as never, said: 'object' },
    { what: 'a promise of nothing', items: async () => undefined as never, said: 'undefined' },
  ])('cannot be $what: the loop is Failed and says so', async ({ items, said }) => {
    const { status, results } = await upperCase(items);

    expect(status).toBe('Failed');
    expect(results[0]).toMatchObject({ code: 'ITEMS_NOT_ITERABLE', counts: { total: 0 } });
    expect(results[0]?.error?.message).toMatch(new RegExp(`"Loop".*${said}`));
  });

  it.each<{ how: string; items: () => Items<string> }>([
    {
      how: 'throws',
      items: () => {
        throw new RangeError('no list');
      },
    },
    { how: 'rejects', items: async () => Promise.reject(new RangeError('no list')) },
    {
      how: 'gives an iterable that cannot begin',
      items: () => ({
        [Symbol.iterator]() {
          throw new RangeError('no list');
        },
      }),
    },
  ])('fail the loop when their function $how', async ({ items }) => {
    const { status, results } = await upperCase(items);

    expect(status).toBe('Failed');
    expect(results[0]?.error).toMatchObject({ message: 'no list' });
    expect(results[0]?.error?.cause).toBeInstanceOf(RangeError);
  });

  it('may be none: the loop Succeeded with an empty list', async () => {
    for (const items of [() => [], () => new Set<string>(), async function* () {}]) {
      const result = await upperCase(items);

      expect(result).toMatchObject({ status: 'Succeeded', outputs: [] });
      expect(result.results[0]).toMatchObject({ counts: { total: 0 }, iterations: [] });
    }
  });

  it('are handed over as they are, also when they are promises', async () => {
    const promises = [Promise.resolve(1), Promise.resolve(2)];
    const flow = workflow('Promises', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => promises,
        (each) => each.action('Same', [each.item], ([given], { item }) => [given, item]),
      ),
    );

    const result = await start(flow, undefined).finished;

    expect(result.status).toBe('Succeeded');
    const seen = result.status === 'Succeeded' ? result.outputs.flat() : [];
    expect(seen.map((one) => promises.indexOf(one as Promise<number>))).toEqual([0, 0, 1, 1]);
  });

  it('may be made from what the loop runs after', async () => {
    const flow = workflow('Orders', (flow) => {
      const page = flow.action('Page', () => ({ orders: [1, 2, 3] }));
      return flow.forEach(
        'Orders',
        [page],
        ([page]) => page.orders,
        (each, [page]) =>
          each.action('Share', [page], ([page], { item }) => item / page.orders.length),
      );
    });

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: [1 / 3, 2 / 3, 1] });
  });
});

describe('a source that fails in the middle', () => {
  it.each(['sync', 'async'])('(%s) fails the loop, and what ran is kept', async (kind) => {
    const clock = virtualClock({ autoAdvance: true });
    const source = kind === 'sync' ? brokenIterable : brokenStream;
    const flow = workflow('Broken', (flow) => {
      const loop = flow.forEach(
        'Loop',
        [],
        source,
        (each) => each.action('Work', ({ item }) => clock.sleep('5s').then(() => item)),
        { concurrency: 4 },
      );
      flow.action('Handle', [failed(loop)], ([loop]) => ({
        message: loop.error.message,
        outputs: loop.iterations.map((one) => one.status === 'Succeeded' && one.outputs),
      }));
    });

    const { status, results } = await start(flow, undefined, { clock }).finished;

    expect(status).toBe('Succeeded');
    expect(outline(results)).toEqual({
      Loop: 'Failed PAGE_LOST',
      'Loop[0]': 'Succeeded',
      'Loop[0]/Work': 'Succeeded',
      'Loop[1]': 'Succeeded',
      'Loop[1]/Work': 'Succeeded',
      Handle: 'Succeeded',
    });
    expect(results[1]?.outputs).toEqual({ message: 'Page 2 is lost.', outputs: [1, 2] });
  });

  it('is named even when iterations failed before', async () => {
    const flow = workflow('Broken', (flow) => {
      const loop = flow.forEach('Loop', [], brokenIterable, (each) => {
        each.action('Work', () => {
          throw new Error('an item failed');
        });
      });
      return settled(loop);
    });

    const result = await start(flow, undefined).finished;

    expect(result.results[0]).toMatchObject({ code: 'PAGE_LOST', counts: { total: 2, Failed: 2 } });
  });
});

function pageLost(): Error {
  return Object.assign(new Error('Page 2 is lost.'), { code: 'PAGE_LOST' });
}

function* brokenIterable(): Generator<number> {
  yield 1;
  yield 2;
  throw pageLost();
}

async function* brokenStream(): AsyncGenerator<number> {
  yield 1;
  yield 2;
  throw pageLost();
}
