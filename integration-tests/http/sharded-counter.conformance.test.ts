import { describeCounter } from '@runafter/counter/conformance';
import { httpDocumentStore } from '@runafter/http';
import { shardedCounterHarness } from '../azure-blob/sharded-counter-harness.ts';
import { onService } from '../services/on-service.ts';
import { blobResource } from './blob-resource.ts';

const pageSize = 50;

await onService('azurite', ({ url, container }) => {
  describeCounter(
    'shardedCounter on httpDocumentStore',
    shardedCounterHarness(url, async (connectionString, prefix) =>
      httpDocumentStore(await blobResource(connectionString, container, prefix, pageSize)),
    ),
  );
});
