/** What many clients of each backend see at once, and with replies lost, is what one after the other could have seen. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHistory, counterModel, registerModel, relaxReads } from '@runafter/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StateBackend } from '../chaos/state/backend.ts';
import { backend as azureBlob } from '../chaos/state/backends/azure-blob.ts';
import { backend as http } from '../chaos/state/backends/http.ts';
import { backend as mssql } from '../chaos/state/backends/mssql.ts';
import { backend as postgres } from '../chaos/state/backends/postgres.ts';
import { backend as redis } from '../chaos/state/backends/redis.ts';
import { backend as sqlite } from '../chaos/state/backends/sqlite.ts';
import { onService } from '../services/on-service.ts';
import type { PlaceOf } from '../services/places.ts';
import { counterHistory, isAtomic } from './counter-history.ts';
import { documentHistory } from './document-history.ts';

/** Servers for T-SQL take their time in tests. */
const timeout = 180_000;

for (const backend of [azureBlob, http, mssql, postgres, redis, sqlite]) {
  if (backend.place === 'folder') inFolder((place) => judge(backend, place));
  else await onService(backend.place, (place) => judge(backend, place));
}

function judge(backend: StateBackend, place: PlaceOf<StateBackend['place']>): void {
  describe(`what clients of ${backend.name} see`, () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const open = { backend, place };

    beforeAll(() => backend.prepare?.(place));

    it(
      'of a counter could have happened one after the other',
      async () => {
        const { history, lostReplies } = await counterHistory(open, seed);
        const { operations } = history;
        const counter = await backend.openCounter(place);
        const seen = isAtomic(counter) ? operations : relaxReads(operations);
        await counter.close();
        const verdict = checkHistory(seen, counterModel());
        expect(verdict, `seed ${seed}`).toMatchObject({ linearizable: true });
        expectFaults(operations, lostReplies);
      },
      timeout,
    );

    it(
      'of a document could have happened one after the other',
      async () => {
        const { history, lostReplies } = await documentHistory(open, seed);
        const { operations } = history;
        const verdict = checkHistory(operations, registerModel({ initial: 0 }));
        expect(verdict, `seed ${seed}`).toMatchObject({ linearizable: true });
        expectFaults(operations, lostReplies);
      },
      timeout,
    );

    /** That the test was one: most calls were answered, and where replies can be lost, some were. */
    function expectFaults(operations: readonly { outcome: { status: string } }[], lost: number) {
      const answered = operations.filter(({ outcome }) => outcome.status === 'ok');
      expect(answered.length).toBeGreaterThan(operations.length / 2);
      if (backend.isWrite) expect(lost).toBeGreaterThan(0);
    }
  });
}

function inFolder(declare: (place: PlaceOf<'folder'>) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-histories-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  declare({ folder });
}
