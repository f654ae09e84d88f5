/**
 * How one worker gets to its services: by networks of its own, so that its connections alone can be cut.
 * @module
 */
import { FaultyNetwork } from '../harness/faulty-network.ts';
import type { Subject } from '../harness/try-backends.ts';
import type { DistributedBackend } from './backend.ts';

/** The scripts of BullMQ, and of whatever else keeps its state in Redis. */
const isRedisWrite = /evalsha|eval/i;

export interface Links extends AsyncDisposable {
  readonly networks: readonly FaultyNetwork[];
  /** Where the services are for the worker. */
  readonly addresses: { readonly queues: string; readonly place: object };
}

/** @param queues - the URL of the Redis server with the queues. */
export async function linksTo(
  { backend, place }: Subject<DistributedBackend>,
  queues: string,
): Promise<Links> {
  const toQueues = await FaultyNetwork.to(queues, isRedisWrite);
  const { url } = place as { readonly url?: string };
  const hasOwn = url !== undefined && backend.isWrite !== undefined;
  const toStore = hasOwn ? await FaultyNetwork.to(url, backend.isWrite) : undefined;
  const networks = toStore === undefined ? [toQueues] : [toQueues, toStore];
  return {
    networks,
    addresses: {
      queues: toQueues.url,
      place: toStore === undefined ? place : { ...place, url: toStore.url },
    },
    async [Symbol.asyncDispose]() {
      for (const network of networks) await network[Symbol.asyncDispose]();
    },
  };
}
