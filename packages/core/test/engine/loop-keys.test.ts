/**
 * Keyed loops: work on the same record never runs twice at once; ids give items a lasting identity.
 * @module
 */
import { randomBytes } from 'node:crypto';
import { virtualClock } from '@runafter/clock';
import { type Flow, type ForEachOptions, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { aesCipher } from '../durable/aes-cipher.ts';
import { recordedStore } from '../durable/recorded-store.ts';
import { outline } from './outline.ts';

interface Order {
  readonly customer: string;
  readonly seconds: number;
}

const orders: readonly Order[] = [
  { customer: 'ann', seconds: 5 },
  { customer: 'ann', seconds: 1 },
  { customer: 'bob', seconds: 2 },
  { customer: 'ann', seconds: 1 },
];

/** A loop over the orders that notes which starts when; each takes as long as it says. */
function orderLoop(options: ForEachOptions<Order, 'all'>) {
  const clock = virtualClock();
  const started: string[] = [];
  const flow = workflow('Orders', (flow) =>
    flow.forEach(
      'Orders',
      [],
      () => orders,
      (each) =>
        each.action('Work', async ({ item, index, signal }) => {
          started.push(`${item.customer} ${index} at ${clock.monotonic() / 1_000} s`);
          await clock.sleep(item.seconds * 1_000, { signal });
          return index;
        }),
      options,
    ),
  );
  return { clock, started, run: start(flow, undefined, { clock }) };
}

describe('a keyed loop', () => {
  it('runs items of one key one after the other in item order, other keys beside them', async () => {
    const { clock, started, run } = orderLoop({ concurrency: 2, key: (order) => order.customer });
    await clock.advance('1m');

    expect(started).toEqual(['ann 0 at 0 s', 'bob 2 at 0 s', 'ann 1 at 5 s', 'ann 3 at 6 s']);
    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: [0, 1, 2, 3] });
  });

  it('reads its source no further than lookAhead, and leaves the window under-filled then', async () => {
    const { clock, started, run } = orderLoop({
      concurrency: 2,
      key: (order) => order.customer,
      lookAhead: 1,
    });
    await clock.advance('1m');

    expect(started).toEqual(['ann 0 at 0 s', 'ann 1 at 5 s', 'bob 2 at 5 s', 'ann 3 at 6 s']);
    expect((await run.finished).status).toBe('Succeeded');
  });

  it('fails an iteration alone whose key cannot be had', async () => {
    const flow = workflow('Orders', (flow) => {
      flow.forEach(
        'Orders',
        [],
        () => ['a', 'b', 'c'],
        (each) => each.action('Work', ({ item }) => item),
        {
          key: (item) => {
            if (item === 'b') throw Object.assign(new Error('b has no key'), { code: 'KEYLESS' });
            return item;
          },
        },
      );
    });

    const { status, results } = await start(flow, undefined).finished;

    expect(status).toBe('Failed');
    expect(outline(results)).toEqual({
      Orders: 'Failed KEYLESS',
      'Orders[0]': 'Succeeded',
      'Orders[0]/Work': 'Succeeded',
      'Orders[1]': 'Failed KEYLESS',
      'Orders[2]': 'Succeeded',
      'Orders[2]/Work': 'Succeeded',
    });
    expect(results[0]).toMatchObject({ counts: { total: 3, Failed: 1 } });
    expect(results[0]?.error?.message).toContain('b has no key');
  });

  it.each<{ what: string; key: unknown }>([
    { what: 'a promise', key: Promise.resolve('ann') },
    { what: 'an object', key: { customer: 'ann' } },
    { what: 'undefined', key: undefined },
  ])(
    'fails an iteration whose key is $what, which would be equal to no other or to all',
    async ({ key }) => {
      const { clock, started, run } = orderLoop({ concurrency: 4, key: () => key as string });
      await clock.advance('1m');
      const { results } = await run.finished;

      expect(started).toEqual([]);
      expect(results[0]).toMatchObject({ code: 'ITEM_KEY_INVALID', counts: { Failed: 4 } });
      expect(results[0]?.error?.message).toMatch(
        /key of "Orders" .*item 0.*string, number or bigint/,
      );
    },
  );

  it('tells the start, too, of an iteration whose key cannot be had', async () => {
    const told: string[] = [];
    const flow = workflow('Orders', (flow) => {
      const key = () => {
        throw new Error('no key');
      };
      flow.forEach(
        'Orders',
        [],
        () => [1],
        (each) => each.action('Ship', () => 1),
        { key },
      );
    });

    await start(flow, undefined, {
      onEvent: (event) => {
        if ('loop' in event) told.push(`${event.type} ${event.path}`);
      },
    }).finished;

    expect(told).toEqual(['iteration.started Orders[0]', 'iteration.ended Orders[0]']);
  });

  it('drops the items that it holds back when it is cancelled', async () => {
    const { clock, started, run } = orderLoop({ concurrency: 2, key: (order) => order.customer });
    await clock.advance('3s');
    run.cancel();
    const { status, results } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(started).toEqual(['ann 0 at 0 s', 'bob 2 at 0 s']);
    expect(outline(results)).toEqual({
      Orders: 'Cancelled RUN_CANCELLED',
      'Orders[0]': 'Cancelled RUN_CANCELLED',
      'Orders[0]/Work': 'Cancelled RUN_CANCELLED',
      'Orders[2]': 'Succeeded',
      'Orders[2]/Work': 'Succeeded',
    });
    expect(results[0]).toMatchObject({ counts: { total: 2, Succeeded: 1, Cancelled: 1 } });
    expect(clock.pending).toBe(0);
  });

  it('runs the items that it has read when the source fails behind them', async () => {
    const flow = workflow('Orders', (flow) => {
      flow.forEach(
        'Orders',
        [],
        function* () {
          yield 'a1';
          yield 'a2';
          throw new Error('lost');
        },
        (each) => each.action('Work', async ({ item }) => item),
        { concurrency: 2, key: (item) => item.charAt(0) },
      );
    });

    const { results } = await start(flow, undefined).finished;

    expect(results[0]).toMatchObject({ status: 'Failed', counts: { total: 2, Succeeded: 2 } });
    expect(results[0]?.error?.message).toBe('lost');
  });

  it('stands still for no key of 10,000 items', async () => {
    const flow = workflow('One_Key', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => Array.from({ length: 10_000 }, (_, index) => index),
        (each) => each.action('Work', async ({ item }) => item),
        { concurrency: 8, key: () => 'same', keep: 'summary' },
      ),
    );

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: { Succeeded: 10_000 } });
  });
});

describe('the id of an item', () => {
  const keysOf = (id?: (item: { readonly mail: string }, index: number) => string) =>
    workflow('Hires', (flow: Flow<readonly { mail: string }[]>) =>
      flow.forEach(
        'Hires',
        [],
        (_, { input }) => input,
        (each) =>
          each.scope('Onboard', [], (scope) =>
            scope.action('Mail', ({ idempotencyKey }) => idempotencyKey),
          ),
        id === undefined ? {} : { id },
      ),
    );

  it('stands in idempotency keys in place of the index, whatever the order', async () => {
    const hires = [{ mail: 'ann@x.org' }, { mail: 'bob@x.org' }];

    for (const input of [hires, hires.toReversed()]) {
      const result = await start(
        keysOf(({ mail }) => mail),
        input,
        { runId: 'r' },
      ).finished;

      const keys = result.status === 'Succeeded' ? result.outputs.toSorted() : [];
      expect(keys).toEqual([
        'r/Hires[id=ann%40x.org]/Onboard/Mail',
        'r/Hires[id=bob%40x.org]/Onboard/Mail',
      ]);
    }
    expect(await start(keysOf(), hires, { runId: 'r' }).finished).toMatchObject({
      outputs: ['r/Hires[0]/Onboard/Mail', 'r/Hires[1]/Onboard/Mail'],
    });
  });

  it('is hashed there where the items are secure, and tells them apart all the same', async () => {
    const { store, calls } = recordedStore();
    const cipher = aesCipher(randomBytes(32));
    const keys: string[] = [];
    const flow = workflow('Hires', (flow: Flow<void>) => {
      const hires = flow.action('Hires', () => ['ann@x.org', 'bob@x.org'], {
        secure: { outputs: true },
      });
      flow.forEach(
        'Each',
        [hires],
        async function* ([hires]) {
          yield* hires;
        },
        (each) => each.action('Mail', ({ idempotencyKey }) => void keys.push(idempotencyKey)),
        { id: (hire) => hire },
      );
    });
    await start(flow, undefined, { runId: 'r', store, cipher }).finished;

    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^r\/Each\[id=[0-9a-f]{32}\]\/Mail$/);
    expect(JSON.stringify(calls)).not.toContain('ann');
  });

  it.each<{ what: string; id: () => string }>([
    { what: 'a promise', id: () => Promise.resolve('x') as never },
    { what: 'undefined', id: () => undefined as never },
  ])('that is $what makes no key that all items share: the action fails', async ({ id }) => {
    const { results } = await start(keysOf(id), [{ mail: 'ann' }], { runId: 'r' }).finished;

    expect(results[0]).toMatchObject({ status: 'Failed', code: 'ITEM_KEY_INVALID' });
  });

  it('that cannot be had fails the actions that ask for their key, and only those', async () => {
    const flow = workflow('Hires', (flow) => {
      flow.forEach(
        'Hires',
        [],
        () => [1],
        (each) => {
          each.action('Asks', ({ idempotencyKey }) => idempotencyKey);
          each.action('Does_Not', () => 'fine');
        },
        {
          id: () => {
            throw new Error('no identity');
          },
        },
      );
    });

    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('Hires[0]/Asks')).toMatchObject({ error: { message: 'no identity' } });
    expect(run.result('Hires[0]/Does_Not')).toMatchObject({ outputs: 'fine' });
  });
});
