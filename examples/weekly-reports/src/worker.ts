/**
 * A process that works on the weekly reports, and may be killed at any time.
 *
 * Invariant: it does not know whether it is the first one. The same call begins the run, or goes on with
 * it where another process has left it. Read next: worker-process.ts, which starts it.
 * @module
 */
import { toFault } from '@runafter/errors';
import { sqliteRunStore } from '@runafter/sqlite';
import { runWeeklyReports } from './run-weekly-reports.ts';
import { connect } from './systems.ts';
import type { Work, WorkerMessage } from './worker-process.ts';

const { database, fail, url, ...options } = JSON.parse(process.argv[2] ?? '{}') as Work;

/** Resolves when the message is on its way. */
function tell(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

// Whoever has started it is gone, and the office with them.
process.once('disconnect', () => process.exit());

const store = sqliteRunStore(database);
try {
  const summary = await runWeeklyReports(connect(url, { fail }), {
    ...options,
    store,
    onEvent(event) {
      if (event.type === 'iteration.ended') void tell({ type: 'processed' });
      if (event.type === 'action.started' && event.kind === 'action') {
        void tell({ type: 'called', path: event.path });
      }
    },
  });
  await tell({ type: 'finished', summary });
} catch (error) {
  await tell({ type: 'failed', reason: toFault(error).message });
} finally {
  await store.close();
  process.disconnect();
}
