/**
 * Two items of one stream that say they are the same.
 * @module
 */
import { ItemIdDuplicateError, memoryRunStore, resume, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

async function* items() {
  for (const [index, id] of [...'aba'].entries()) yield { id, index };
}

/** A loop whose body has one action, or two. */
function loop(concurrency: number, actions: 1 | 2) {
  return workflow('Loop', (flow) => {
    flow.forEach(
      'Each',
      [],
      items,
      (each) => {
        const work = each.action('Work', ({ item }) => item.index);
        if (actions === 2) each.action('More', [work], ([index]) => index);
      },
      { id: ({ id }) => id, concurrency },
    );
  });
}

describe('a durable loop over a stream with an id that comes twice', () => {
  it.each<[string, number, 1 | 2]>([
    ['after the first one has ended', 1, 1],
    ['after the first one has ended, with a body of two actions', 1, 2],
    ['while the first one runs', 3, 1],
  ])('fails, and says which: %s', async (_, concurrency, actions) => {
    const store = memoryRunStore();
    const flow = loop(concurrency, actions);
    const { status, results } = await start(flow, undefined, { store, runId: 'r' }).finished;
    const { error } = results.find(({ name }) => name === 'Each') ?? {};

    expect(status).toBe('Failed');
    expect(error).toMatchObject({
      code: 'ITEM_ID_DUPLICATE',
      message: expect.stringContaining('Item 2 of "Each" has the id "a"'),
    });
    expect(error?.cause).toBeInstanceOf(ItemIdDuplicateError);
    const again = await resume(flow, 'r', { store });
    expect((await again.finished).status).toBe('Failed');
    expect(again.result('Each')?.code).toBe('ITEM_ID_DUPLICATE');
  });

  it('is not one whose store says that it has an outcome already, being asked again', async () => {
    const store = memoryRunStore();
    const recordOutcome = store.recordOutcome.bind(store);
    store.recordOutcome = async (...call) => {
      await recordOutcome(...call);
      return recordOutcome(...call);
    };
    const flow = workflow('Loop', (flow) =>
      flow.forEach(
        'Each',
        [],
        async function* () {
          yield* ['a', 'b'];
        },
        (each) => each.action('Work', ({ item }) => item),
        { id: (item) => item },
      ),
    );

    expect(await start(flow, undefined, { store }).finished).toMatchObject({
      status: 'Succeeded',
      outputs: ['a', 'b'],
    });
  });
});
