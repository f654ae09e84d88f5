/** On every backend, what clients of several processes see is what they could have seen one after the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { StateBackend } from '../chaos/state/backend.ts';
import { onService } from '../services/on-service.ts';
import type { ServiceName } from '../services/services.ts';
import { describeCounterHistories, describeDocumentHistories } from './describe-histories.ts';
import type { Subject } from './record-run.ts';

/** Backends on a service, and the drivers that they are made of. */
const onServices: readonly {
  readonly file: string;
  readonly service: ServiceName;
  readonly documents: string;
  readonly counter: string;
  readonly linearizableRead?: false;
}[] = [
  { file: 'redis', service: 'redis', documents: 'redisDocumentStore', counter: 'redisCounter' },
  {
    file: 'postgres',
    service: 'postgres',
    documents: 'postgresDocumentStore',
    counter: 'postgresCounter',
  },
  { file: 'mssql', service: 'mssql', documents: 'mssqlDocumentStore', counter: 'mssqlCounter' },
  {
    file: 'azure-blob',
    service: 'azurite',
    documents: 'blobDocumentStore',
    counter: 'shardedCounter on blobDocumentStore',
    linearizableRead: false,
  },
  {
    file: 'http',
    service: 'azurite',
    documents: 'httpDocumentStore',
    counter: 'shardedCounter on httpDocumentStore',
    linearizableRead: false,
  },
];

for (const { file, service, documents, counter, linearizableRead = true } of onServices) {
  const { module, backend } = await backendIn(file);
  await onService(service, (place) => {
    beforeAll(() => backend.prepare?.(place));
    const open = () => ({ module, place, isWrite: backend.isWrite });
    describeDocumentHistories(documents, { open });
    describeCounterHistories(counter, { open, capabilities: { linearizableRead } });
  });
}

const folder = mkdtempSync(join(tmpdir(), 'runafter-histories-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { module } = await backendIn('sqlite');
// No network is between a process and its file, so no reply can be lost.
const inFolder = {
  open: (): Subject => ({ module, place: { folder }, isWrite: undefined }),
  capabilities: { lostReplies: false },
};
describeDocumentHistories('sqliteDocumentStore', inFolder);
describeCounterHistories('sqliteCounter', inFolder);

async function backendIn(
  file: string,
): Promise<{ readonly module: URL; readonly backend: StateBackend }> {
  const module = new URL(`../chaos/state/backends/${file}.ts`, import.meta.url);
  const { backend }: { readonly backend: StateBackend } = await import(module.href);
  return { module, backend };
}
