/** Runs on Redis with their large texts as blobs, as several processes share them. */
import { randomUUID } from 'node:crypto';
import { blobDocumentStore } from '@runafter/azure-blob';
import { claimCheck, type RunStore, type TextDocuments } from '@runafter/core';
import { describeRunStore } from '@runafter/core/conformance';
import type { DocumentStore } from '@runafter/optimistic';
import { redisRunStore } from '@runafter/redis';
import { useRedis } from '../redis/redis-place.ts';
import { onService } from '../services/on-service.ts';

/** Whatever keeps documents can keep those of runs: this does not compile otherwise. */
const asTexts = (documents: DocumentStore<string>): TextDocuments => documents;

await onService('redis', async (redis) => {
  const server = useRedis(redis.url, redis.prefix);

  await onService('azurite', ({ url, container }) => {
    describeRunStore('claimCheck on redisRunStore and blobDocumentStore', {
      async open() {
        const prefix = server.freshPrefix();
        const stores: RunStore[] = [];
        const documents = asTexts(
          blobDocumentStore({ connectionString: url, container }, { prefix: `${randomUUID()}/` }),
        );
        return {
          async connect() {
            const store = claimCheck(redisRunStore(redis.url, { prefix }), documents, {
              above: 100,
            });
            stores.push(store);
            return store;
          },
          /** Leases go by the server's clock, which cannot be set: so their ends are moved back. */
          async passTime(ms) {
            for (const key of await server.client.keys(`${prefix}runs:{*}:run:*`)) {
              const isHeld = await server.client.hexists(key, 'expiresAt');
              if (isHeld) await server.client.hincrby(key, 'expiresAt', -ms);
            }
          },
          async close() {
            await Promise.all(stores.map((store) => store.close()));
          },
        };
      },
    });
  });
});
