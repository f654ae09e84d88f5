/**
 * What durability costs on the engine's DAG of five: every run is created in a store, each of its five
 * outcomes is kept before the next action starts, and so is its end. The peer is the same DAG without a
 * store.
 * @module
 */
import type { RunStore } from '@runafter/core';
import { type OrderDag, orderDag } from '../engine/order-dag.ts';
import type { Duel, Side, Work } from '../harness/work.ts';
import { newMemoryStore, newSqliteStore } from './stores.ts';

const actions = 5;

/** What a run costs also depends on how many run beside it: they share commits. */
interface Load {
  readonly runs: number;
  readonly atOnce: number;
}

function side({ runs, atOnce }: Load, newStore?: () => Promise<RunStore>): Side {
  return {
    units: runs * actions,
    expected: runs * (runs - 1) + runs * 12,
    async prepare() {
      const runDag = await orderDag();
      const store = await newStore?.();
      const options = store === undefined ? undefined : { store };
      return async () => {
        let next = 0;
        const take = () => (next < runs ? next++ : undefined);
        const lanes = Array.from({ length: atOnce }, () => sumOf(take, (n) => runDag(n, options)));
        return (await Promise.all(lanes)).reduce((sum, part) => sum + part);
      };
    },
  };
}

async function sumOf(take: () => number | undefined, runOnce: OrderDag): Promise<number> {
  let sum = 0;
  for (let input = take(); input !== undefined; input = take()) sum += await runOnce(input);
  return sum;
}

function durableDag(name: string, load: Load, newStore: () => Promise<RunStore>): Duel {
  return {
    kind: 'duel',
    name: `DAG of five, ${name}`,
    unit: 'µs/action',
    ours: side(load, newStore),
    peers: { 'without a store': side(load) },
  };
}

const full = () => newSqliteStore('full');
const normal = () => newSqliteStore('normal');

export const durableDagWorks: readonly Work[] = [
  durableDag('memory', { runs: 1_000, atOnce: 1 }, newMemoryStore),
  durableDag('SQLite normal', { runs: 200, atOnce: 1 }, normal),
  durableDag('SQLite full', { runs: 5, atOnce: 1 }, full),
  durableDag('SQLite normal, 100 runs at once', { runs: 500, atOnce: 100 }, normal),
  durableDag('SQLite full, 100 runs at once', { runs: 500, atOnce: 100 }, full),
];
