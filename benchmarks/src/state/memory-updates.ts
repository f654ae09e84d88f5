/**
 * update() itself, on a store that costs next to nothing: next to a loop by hand on the same kind of store,
 * which reads, changes, replaces, and begins anew when somebody else was faster.
 * @module
 */
import type { DocumentStore } from '@runafter/optimistic';
import type { Work } from '../harness/work.ts';
import { type Count, inDocument } from './tallies.ts';
import { atOnce, type OpenTallies, oneByOne, tallyOf } from './tally.ts';

const peer = 'loop by hand';

async function openStore(): Promise<DocumentStore<Count>> {
  const { memoryDocumentStore } = await import('@runafter/optimistic');
  return memoryDocumentStore();
}

const byHand: OpenTallies = async () => {
  const { hasCode } = await import('@runafter/errors');
  const store = await openStore();
  const key = 'count';
  await store.create(key, { n: 0 });
  const tryToAdd = async () => {
    const found = await store.read(key);
    if (found === undefined) throw new Error('It was removed.');
    try {
      return await store.replace(key, { n: found.value.n + 1 }, found);
    } catch (error) {
      if (hasCode(error, 'ETAG_MISMATCH')) return undefined;
      throw error;
    }
  };
  const add = async () => {
    while ((await tryToAdd()) === undefined);
  };
  return [tallyOf(add, async () => (await store.read(key))?.value.n ?? 0)];
};

export const memoryUpdateWorks: readonly Work[] = [
  {
    kind: 'duel',
    name: 'update() in memory, one by one',
    unit: 'µs/update',
    ours: oneByOne(inDocument(openStore), 1_000),
    peers: { [peer]: oneByOne(byHand, 1_000) },
  },
  {
    kind: 'duel',
    name: 'update() in memory, 100 at once',
    unit: 'µs/update',
    ours: atOnce(inDocument(openStore), 100),
    peers: { [peer]: atOnce(byHand, 100) },
  },
];
