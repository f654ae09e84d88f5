/**
 * How large a database gets: the bytes of its file for each outcome, with everything else of the runs.
 * @module
 */
import { statSync } from 'node:fs';
import type { RunStore } from '@runafter/core';
import { orderDag } from '../engine/order-dag.ts';
import type { Probe } from '../harness/work.ts';
import { addOneLoop } from './add-one-loop.ts';
import { newFile } from './stores.ts';

const items = 20_000;
const runs = 2_000;

/** Bytes of the file after `use`, for each of so many outcomes. */
async function bytesPer(
  outcomes: number,
  use: (store: RunStore) => Promise<unknown>,
): Promise<number> {
  const { sqliteRunStore } = await import('@runafter/sqlite');
  const file = newFile();
  const store = sqliteRunStore(file, { synchronous: 'normal' });
  await use(store);
  // What is in the write-ahead log goes into the file.
  await store.close();
  return statSync(file).size / outcomes;
}

const ofLoop: Probe = {
  kind: 'probe',
  name: 'database size: one loop of 20,000 items, numbers',
  unit: 'bytes/outcome',
  once: true,
  ours: () =>
    bytesPer(items, async (store) => {
      const { start } = await import('@runafter/core');
      await start(await addOneLoop('summary'), items, { store }).finished;
    }),
  peers: {},
  bound: { name: 'bound of 80 bytes', value: 80 },
};

const ofDag: Probe = {
  kind: 'probe',
  name: 'database size: 2,000 runs of the DAG of five, numbers',
  unit: 'bytes/outcome',
  once: true,
  ours: () =>
    bytesPer(runs * 5, async (store) => {
      const runDag = await orderDag();
      for (let input = 0; input < runs; input++) await runDag(input, { store });
    }),
  peers: {},
  bound: { name: 'bound of 400 bytes', value: 400 },
};

export const databaseSizeWorks: readonly Probe[] = [ofLoop, ofDag];
