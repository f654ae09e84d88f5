/**
 * What durability costs in a loop of 10,000 items, ten at once, one action each. Without a store it is
 * the engine alone. Raw inserts in transactions of ten are the writing alone: as many rows, as many
 * commits.
 * @module
 */
import type { RunStore } from '@runafter/core';
import type { Side, Work } from '../harness/work.ts';
import { addOneLoop, concurrency } from './add-one-loop.ts';
import { RawOutcomes } from './raw-outcomes.ts';
import { newSqliteStore, type Synchronous } from './stores.ts';

const count = 10_000;

function loop(newStore?: () => Promise<RunStore>): Side {
  return {
    units: count,
    expected: count,
    async prepare() {
      const { start } = await import('@runafter/core');
      const addOne = await addOneLoop('summary');
      const store = await newStore?.();
      const options = store === undefined ? undefined : { store };
      return async () => {
        const run = await start(addOne, count, options).finished;
        return run.results[0]?.counts?.Succeeded;
      };
    },
  };
}

function rawInserts(synchronous: Synchronous): Side {
  return {
    units: count,
    expected: count,
    async prepare() {
      const raw = new RawOutcomes(synchronous);
      return () => {
        raw.insertInGroups(count, concurrency);
        return count;
      };
    },
  };
}

function durableLoop(synchronous: Synchronous): Work {
  return {
    kind: 'duel',
    name: `loop of 10,000 items, ${concurrency} at once, SQLite ${synchronous}`,
    unit: 'µs/item',
    ours: loop(() => newSqliteStore(synchronous)),
    peers: {
      'without a store': loop(),
      [`raw inserts, ${concurrency} a transaction`]: rawInserts(synchronous),
    },
    // A thousand commits that are forced to the disk.
    long: synchronous === 'full',
  };
}

export const durableLoopWorks: readonly Work[] = [durableLoop('normal'), durableLoop('full')];
