/**
 * The engine next to hand-written code and to the packages that people use in its place.
 * @module
 */
import type { Bench } from '../harness/work.ts';
import { boundedMapWork } from './bounded-map.ts';
import { chainWorks } from './chain.ts';
import { fanWork } from './fan.ts';
import { forEachWorks } from './for-each.ts';
import { orderDagWork } from './order-dag.ts';
import { recordMemoryWork } from './record-memory.ts';
import { streamedItemsWork } from './streamed-items.ts';

export const engineBench: Bench = {
  title: 'engine: a bounded map, loops, graphs, and their memory',
  packages: ['async', 'p-map', 'p-limit', 'effect'],
  works: [
    boundedMapWork,
    ...forEachWorks,
    orderDagWork,
    fanWork,
    ...chainWorks,
    streamedItemsWork,
    recordMemoryWork,
  ],
};
