import { blobDocumentStore } from '@runafter/azure-blob';
import { describeCounter } from '@runafter/counter/conformance';
import { onService } from '../services/on-service.ts';
import { shardedCounterHarness } from './sharded-counter-harness.ts';

await onService('azurite', ({ url, container }) => {
  describeCounter(
    'shardedCounter on blobDocumentStore',
    shardedCounterHarness(url, (connectionString, prefix) =>
      blobDocumentStore({ connectionString, container }, { prefix }),
    ),
  );
});
