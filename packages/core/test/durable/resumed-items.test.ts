/**
 * Loops over a restart: where their items come from the second time.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  type ForEachOptions,
  type Items,
  ItemsIdRequiredError,
  memoryRunStore,
  resume,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { MortalProcess } from './mortal-process.ts';
import { slowly } from './slowly.ts';

interface Item {
  readonly id: string;
}

interface Sides {
  /** The items of the first process, and of the second one. */
  readonly items: readonly [() => Items<Item>, () => Items<Item>];
  readonly options?: ForEachOptions<Item, 'all'>;
  /** Seconds: items take 10 each, and so does what comes after them. */
  readonly killAt: number;
}

/** Runs a loop in one process and then in another; gives what the second one called and handed over. */
async function overRestart({ items, options, killAt }: Sides) {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const write = (process: MortalProcess, source: () => Items<Item>) =>
    workflow('Loop', (flow) => {
      const loop = flow.forEach(
        'Items',
        [],
        source,
        (each) =>
          each.action('Work', (context) => slowly(process, context, context.item.id, '10s')),
        { ...options },
      );
      const pause = flow.delay('Pause', [loop], '10s');
      return flow.action('End', [loop, pause], ([ids]) => ids);
    });
  const first = new MortalProcess(store, clock);
  first.start(write(first, items[0]), undefined);
  clock.setTimer(killAt * 1_000, () => first.kill());
  await first.died;
  await first.bury();
  const second = new MortalProcess(store, clock);
  const run = await resume(write(second, items[1]), 'r', second.place);
  const result = await run.finished;
  return { result, run, calls: second.calls, store };
}

async function* stream(ids: string): AsyncGenerator<Item> {
  for (const id of ids) yield { id };
}

const listed = (ids: string): Item[] => [...ids].map((id) => ({ id }));

describe('a loop over an array', () => {
  it('goes on with the items that were stored, without asking for them again', async () => {
    const { result, calls } = await overRestart({
      items: [
        () => listed('abcd'),
        () => {
          throw new Error('It was asked again.');
        },
      ],
      killAt: 25,
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['a', 'b', 'c', 'd'] });
    expect(calls).toEqual(['r/Items[2]/Work', 'r/Items[3]/Work']);
  });

  it.each<[string, () => Items<Item>]>([
    ['a promise of one', async () => listed('abcd')],
    ['a Set', () => new Set(listed('abcd'))],
  ])('also when it was given %s', async (_, items) => {
    const never = () => Promise.reject(new Error('It was asked again.'));
    const { result, calls } = await overRestart({ items: [items, never], killAt: 25 });

    expect(result).toMatchObject({ outputs: ['a', 'b', 'c', 'd'] });
    expect(calls).toHaveLength(2);
  });

  it('keeps thousands of them', async () => {
    const many = Array.from({ length: 2_500 }, (_, id) => ({ id: String(id) }));
    const { result, calls } = await overRestart({
      items: [() => many, () => []],
      options: { concurrency: 100 },
      killAt: 215,
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: many.map(({ id }) => id) });
    expect(calls).toHaveLength(400);
    expect(calls[0]).toBe('r/Items[2100]/Work');
  });
});

describe('a loop over a stream', () => {
  const options = { id: ({ id }: Item) => id };

  it('without ids is refused, because nobody could tell which items are done', async () => {
    const flow = workflow('Loop', (flow) => {
      flow.forEach(
        'Items',
        [],
        () => stream('ab'),
        (each) => {
          each.action('Work', () => 1);
        },
      );
    });
    const { status, results } = await start(flow, undefined, { store: memoryRunStore() }).finished;

    expect(status).toBe('Failed');
    expect(results[0]).toMatchObject({ code: 'ITEMS_ID_REQUIRED' });
    expect(results[0]?.error?.cause).toBeInstanceOf(ItemsIdRequiredError);
    expect((await start(flow, undefined).finished).status, 'without a store').toBe('Succeeded');
  });

  it('passes over the items that are done, wherever they stand now', async () => {
    const { result, calls } = await overRestart({
      items: [() => stream('abcde'), () => stream('edcba')],
      options,
      killAt: 25,
    });

    expect(calls).toEqual(['r/Items[id=e]/Work', 'r/Items[id=d]/Work', 'r/Items[id=c]/Work']);
    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['e', 'd', 'c', 'b', 'a'] });
  });

  it('runs new items, and leaves out those that have vanished', async () => {
    const { result, run, calls } = await overRestart({
      items: [() => stream('abcd'), () => stream('xbyd')],
      options,
      killAt: 25,
    });

    expect(calls).toEqual(['r/Items[id=x]/Work', 'r/Items[id=y]/Work', 'r/Items[id=d]/Work']);
    expect(result).toMatchObject({ outputs: ['x', 'b', 'y', 'd'] });
    expect(run.result('Items')?.counts).toMatchObject({ total: 4, Succeeded: 4 });
  });

  it('that has grown over its ends', async () => {
    const { result } = await overRestart({
      items: [() => stream('ab'), () => stream('zaby')],
      options,
      killAt: 15,
    });

    expect(result).toMatchObject({ outputs: ['z', 'a', 'b', 'y'] });
  });

  it.each<[string, ForEachOptions<Item, 'all'>, number]>([
    ['some items have ended', {}, 25],
    ['none has ended', { concurrency: 4 }, 5],
  ])('that is a list after the restart goes on by the ids, when %s', async (_, more, killAt) => {
    const { result, calls } = await overRestart({
      items: [() => stream('abcd'), () => listed('dcba')],
      options: { ...options, ...more },
      killAt,
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['d', 'c', 'b', 'a'] });
    expect(calls).toHaveLength(killAt === 25 ? 2 : 4);
    expect(calls[0]).toBe('r/Items[id=d]/Work');
  });

  it('that was a list before the restart goes on with the list', async () => {
    const { result, calls } = await overRestart({
      items: [() => listed('abcd'), () => stream('dcba')],
      options,
      killAt: 25,
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['a', 'b', 'c', 'd'] });
    expect(calls).toEqual(['r/Items[id=c]/Work', 'r/Items[id=d]/Work']);
  });

  it('is not read again once the loop has ended', async () => {
    const { result, run } = await overRestart({
      items: [
        () => stream('ab'),
        () => {
          throw new Error('It was asked again.');
        },
      ],
      options,
      killAt: 25,
    });

    expect(result).toMatchObject({ status: 'Succeeded', outputs: ['a', 'b'] });
    expect(run.result('Items[1]/Work')).toMatchObject({ status: 'Succeeded', outputs: 'b' });
  });

  it('pulls no more than fits into its window while items are left', async () => {
    let pulled = 0;
    async function* counted() {
      for (const id of 'abcdefghijklmnop') {
        pulled++;
        yield { id };
      }
    }
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const write = (process: MortalProcess, source: () => Items<Item>) =>
      workflow('Loop', (flow) => {
        flow.forEach(
          'Items',
          [],
          source,
          (each) => {
            each.action('Work', (context) => slowly(process, context, 1, '10s'));
          },
          { ...options, concurrency: 2 },
        );
      });
    const first = new MortalProcess(store, clock);
    first.start(write(first, counted), undefined);
    await clock.advance('45s');
    first.kill();
    await first.bury();
    pulled = 0;
    const second = new MortalProcess(store, clock);
    await resume(write(second, counted), 'r', second.place);
    await clock.advance(0);

    expect(second.calls).toEqual(['r/Items[id=i]/Work', 'r/Items[id=j]/Work']);
    // The look-up of what is done doubles its reach: 1, 2, 4, 8.
    expect(pulled).toBeLessThanOrEqual(15);
    second.kill();
  });
});
