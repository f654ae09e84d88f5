import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Lock } from '@runafter/lock';
import { describeLock } from '@runafter/lock/conformance';
import { sqliteLock } from '@runafter/sqlite';
import { LockProcesses } from '../lock/lock-processes.ts';

describeLock('sqliteLock', {
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'runafter-sqlite-'));
    const file = join(folder, 'locks.db');
    const locks: Lock[] = [];
    const processes = new LockProcesses({ backend: 'sqlite', place: { folder } });
    return {
      async connect(options) {
        const lock = sqliteLock(file, options);
        locks.push(lock);
        return lock;
      },
      async breakLease(name) {
        const database = new DatabaseSync(file, { timeout: 5_000 });
        database.prepare('UPDATE lock SET owner = NULL WHERE name = ?').run(Buffer.from(name));
        database.close();
      },
      startProcess: (task) => processes.start(task),
      async close() {
        await processes.kill();
        await Promise.all(locks.map((lock) => lock.close()));
        rmSync(folder, { recursive: true });
      },
    };
  },
  // SQLite keeps no line and tells one process nothing of another; between a process and its file is no network.
  capabilities: { fifo: false, wakes: false, faults: false },
});
