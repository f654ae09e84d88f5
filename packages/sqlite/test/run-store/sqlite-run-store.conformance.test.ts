/** The store in a file keeps what every run store promises. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { describeRunStore } from '@runafter/core/conformance';
import { sqliteRunStore } from '../../src/index.ts';

describeRunStore('sqliteRunStore', {
  async open() {
    const clock = virtualClock();
    const folder = mkdtempSync(join(tmpdir(), 'runafter-sqlite-'));
    const stores: RunStore[] = [];
    return {
      async connect() {
        const store = sqliteRunStore(join(folder, 'runs.db'), { clock, synchronous: 'normal' });
        stores.push(store);
        return store;
      },
      passTime: (ms) => clock.advance(ms),
      async close() {
        await Promise.all(stores.map((store) => store.close()));
        rmSync(folder, { recursive: true });
      },
    };
  },
});
