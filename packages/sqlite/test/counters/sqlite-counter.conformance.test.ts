/** Counters in a file keep what every counter promises. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@runafter/clock';
import type { AtomicCounter } from '@runafter/counter';
import { describeCounter } from '@runafter/counter/conformance';
import { sqliteCounter } from '../../src/index.ts';

describeCounter('sqliteCounter', {
  async open() {
    const clock = virtualClock();
    const folder = mkdtempSync(join(tmpdir(), 'runafter-sqlite-'));
    const counters: AtomicCounter[] = [];
    return {
      async connect(options = {}) {
        const file = join(folder, 'app.db');
        const counter = sqliteCounter(file, { ...options, clock, synchronous: 'normal' });
        counters.push(counter);
        return counter;
      },
      passTime: (ms) => clock.advance(ms),
      async close() {
        await Promise.all(counters.map((counter) => counter.close()));
        rmSync(folder, { recursive: true });
      },
    };
  },
  // No network is between a process and its file, so no reply can be lost.
  capabilities: { lostReplies: false },
});
