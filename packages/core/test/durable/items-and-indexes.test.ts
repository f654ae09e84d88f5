/**
 * After a restart the items of a loop come from the store, each with its own index.
 * @module
 */
import { memoryRunStore, resume, start, workflow } from '@runafter/core';
import { expect, it } from 'vitest';

const items = Array.from({ length: 40 }, (_, index) => `item ${index}`);

it('every item keeps its index after a restart, however iterations end while the next item is read', async () => {
  // Iterations take a different number of turns, so that they end at every moment of a read.
  for (let turns = 0; turns < 20; turns++) {
    const store = memoryRunStore();
    const runId = `turns-${turns}`;
    const seen: string[] = [];
    let isHalfWay: () => void = () => undefined;
    const halfWay = new Promise<void>((resolve) => {
      isHalfWay = resolve;
    });
    let hangsAt = 10;
    const flow = workflow('Indexes', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => items,
        (each) =>
          each.action('Work', async ({ item, index, signal }) => {
            if (index >= hangsAt) {
              isHalfWay();
              await new Promise((_, reject) => {
                signal.addEventListener('abort', () => reject(signal.reason));
              });
            }
            for (let turn = 0; turn < (index * 7 + turns) % 20; turn++) await null;
            seen[index] = item;
            return item;
          }),
        { concurrency: 3 },
      ),
    );

    const first = start(flow, undefined, { store, runId });
    await halfWay;
    await first.suspend();
    hangsAt = Number.POSITIVE_INFINITY;
    const result = await (await resume(flow, runId, { store })).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: items });
    expect(seen).toEqual(items);
  }
});
