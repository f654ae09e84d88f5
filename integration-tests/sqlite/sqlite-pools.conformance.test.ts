import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PoolStore } from '@runafter/claim';
import { describeClaims } from '@runafter/claim/conformance';
import { sqlitePools } from '@runafter/sqlite';
import { PoolProcesses } from '../claim/pool-processes.ts';

describeClaims('sqlitePools', {
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'runafter-sqlite-'));
    const file = join(folder, 'pools.db');
    const stores: PoolStore[] = [];
    const processes = new PoolProcesses({ backend: 'sqlite', place: { folder } });
    return {
      async connect() {
        const store = sqlitePools(file, { synchronous: 'normal' });
        stores.push(store);
        return store;
      },
      startProcess: (task) => processes.start(task),
      async close() {
        await processes.kill();
        await Promise.all(stores.map((store) => store.close()));
        rmSync(folder, { recursive: true });
      },
    };
  },
  // SQLite keeps no line and tells one process nothing of another; between a process and its file is no network.
  capabilities: { fifo: false, wakes: false, faults: false },
});
