/**
 * Writers with connections of their own, as processes would be, that add to one number: spread over several
 * documents, and in one. Each waits for each of its additions, so nothing is combined.
 * @module
 */
import type { Counter } from '@runafter/counter';
import type { DocumentStore } from '@runafter/optimistic';
import { placeIn } from '../harness/bench-places.ts';
import type { Work } from '../harness/work.ts';
import { inCounter, inDocument, type Open } from './tallies.ts';
import { sideBySide } from './tally.ts';

const clients = 8;

/** A store of documents, with a connection of its own. */
interface Backend {
  readonly title: string;
  readonly needs: 'azurite' | 'redis';
  /** How many additions each writer makes. */
  readonly each: number;
  // biome-ignore lint/suspicious/noExplicitAny: what the store holds is up to who opens it.
  readonly open: Open<DocumentStore<any>>;
}

const blob: Backend = {
  title: 'blob',
  needs: 'azurite',
  each: 5,
  async open() {
    const { blobDocumentStore } = await import('@runafter/azure-blob');
    const { url, container } = placeIn('azurite');
    return blobDocumentStore({ connectionString: url, container });
  },
};

const redis: Backend = {
  title: 'Redis documents',
  needs: 'redis',
  each: 20,
  async open() {
    const { redisDocumentStore } = await import('@runafter/redis');
    const { url, prefix } = placeIn('redis');
    return redisDocumentStore(url, { prefix });
  },
};

function sharded({ title, needs, each, open }: Backend, shards: number): Work {
  const openCounter: Open<Counter> = async (cleanup) => {
    const { shardedCounter } = await import('@runafter/counter');
    return shardedCounter(cleanup.use(await open(cleanup)), { shards });
  };
  return {
    kind: 'duel',
    name: `${title}, ${clients} writers, ${shards} shards`,
    unit: 'µs/addition',
    needs,
    ours: sideBySide(inCounter(openCounter), { clients, each }),
    peers: { 'update() of one document': sideBySide(inDocument(open), { clients, each }) },
    long: needs === 'azurite',
  };
}

export const shardingWorks: readonly Work[] = [
  sharded(blob, 5),
  sharded(blob, 16),
  sharded(redis, 5),
  sharded(redis, 16),
];
