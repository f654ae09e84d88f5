/**
 * 1,000,000 items that come as a stream: how much memory is in use at most.
 *
 * An async generator makes the items. Every 20,000 items it collects the garbage and looks at the
 * heap, while 20 iterations are in flight. Each side uses what its package has for streams.
 * @module
 */
import type { Measure, Probe } from '../harness/work.ts';
import { loopWithCounts } from './add-one.ts';
import { concurrency } from './items.ts';
import { HeapWatch } from './live-heap.ts';

const count = 1_000_000;
const lookEvery = 20_000;

/** Handles every item of a stream and says how many it handled. */
type Consume = (items: AsyncIterable<number>) => Promise<number>;

async function* stream(length: number, watch?: HeapWatch): AsyncGenerator<number> {
  for (let item = 0; item < length; item++) {
    if (item % lookEvery === 0) watch?.look();
    yield item;
  }
}

function peak(prepare: () => Promise<Consume>): Measure {
  return async () => {
    const consume = await prepare();
    await consume(stream(lookEvery)); // so that compiled code is not counted as data
    const watch = new HeapWatch();
    const handled = await consume(stream(count, watch));
    if (handled !== count) throw new Error(`${handled} of ${count} items were handled.`);
    return watch.aboveIdle;
  };
}

export const streamedItemsWork: Probe = {
  kind: 'probe',
  name: "1,000,000 streamed items, keep: 'summary': peak heap",
  unit: 'MB',
  ours: peak(async () => {
    const loop = await loopWithCounts();
    return async (numbers) => {
      const run = await loop(numbers);
      return run.status === 'Succeeded' ? run.outputs.Succeeded : Number.NaN;
    };
  }),
  peers: {
    'p-map': {
      measure: peak(async () => {
        const { pMapIterable } = await import('p-map');
        return async (items) => {
          let handled = 0;
          const results = pMapIterable(items, async (item) => item + 1, { concurrency });
          for await (const _ of results) handled++;
          return handled;
        };
      }),
    },
    'async.eachLimit': {
      measure: peak(async () => {
        const { eachLimit } = await import('async');
        return async (items) => {
          let handled = 0;
          await eachLimit(items, concurrency, async (_item: number) => {
            handled++;
          });
          return handled;
        };
      }),
    },
  },
  bound: { name: 'bound of 10 MB', value: 10 },
};
