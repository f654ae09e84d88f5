/**
 * Items of a stream that have no form in which they could be stored.
 * @module
 */
import { type ForEachOptions, memoryRunStore, resume, start, workflow } from '@runafter/core';
import { expect, it } from 'vitest';

class Row {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

async function* rows() {
  for (const id of 'abc') yield new Row(id);
}

it('do not stop a loop that keeps none of them from being suspended', async () => {
  const store = memoryRunStore();
  let isHanging = true;
  let calls = 0;
  const flow = workflow('Rows', (flow) =>
    flow.forEach(
      'Each',
      [],
      rows,
      (each) => {
        each.action('Work', async ({ item, signal }) => {
          calls++;
          if (!isHanging || item.id === 'a') return;
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          });
        });
      },
      { id: ({ id }) => id, keep: 'summary' },
    ),
  );
  const run = start(flow, undefined, { store, runId: 'r' });
  await expect.poll(() => calls).toBe(2);
  await run.suspend();
  isHanging = false;
  const again = await resume(flow, 'r', { store });

  expect(await again.finished).toMatchObject({
    status: 'Succeeded',
    outputs: { total: 3, Succeeded: 3 },
  });
});

it('do not stop the first failure of such a loop from being kept', async () => {
  const store = memoryRunStore();
  const flow = workflow('Rows', (flow) => {
    flow.forEach(
      'Each',
      [],
      rows,
      (each) => {
        each.action('Work', ({ item }) => {
          if (item.id === 'b') throw new Error('No.');
        });
      },
      { id: ({ id }) => id, keep: 'summary' },
    );
  });
  const run = start(flow, undefined, { store, runId: 'r' });
  await run.finished;
  const again = await resume(flow, 'r', { store });
  await again.finished;

  for (const { error, counts } of [run.result('Each'), again.result('Each')].map(Object)) {
    expect(error.message).toMatch(/^1 of 3 iterations did not succeed; the first: .*No\.$/);
    expect(counts).toMatchObject({ total: 3, Failed: 1 });
  }
});

it.each<ForEachOptions<Row>['keep']>(['all', 'failures'])(
  'fail a loop that keeps %s before they are worked on',
  async (keep) => {
    const store = memoryRunStore();
    let calls = 0;
    const flow = workflow('Rows', (flow) => {
      flow.forEach(
        'Each',
        [],
        rows,
        (each) => {
          each.action('Work', () => {
            calls++;
          });
        },
        { id: ({ id }: Row) => id, keep } as ForEachOptions<Row, 'all'>,
      );
    });
    const { status, results } = await start(flow, undefined, { store, runId: 'r' }).finished;

    expect(status).toBe('Failed');
    expect(results[0]?.error).toMatchObject({
      code: 'VALUE_NOT_STORABLE',
      message: expect.stringContaining('Item 0 of "Each"'),
    });
    expect(calls).toBe(0);
    expect((await (await resume(flow, 'r', { store })).finished).status).toBe('Failed');
  },
);
