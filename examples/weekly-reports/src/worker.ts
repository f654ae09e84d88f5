/**
 * A process that works on the weekly reports, and may be killed at any time.
 *
 * Invariant: it does not know whether it is the first one. The same call begins the run, or goes on with
 * it where another process has left it. Read next: worker-process.ts, which starts it.
 * @module
 */
import { sqliteRunStore } from '@runafter/sqlite';
import { performWork } from './child-side.ts';
import { runWeeklyReports } from './run-weekly-reports.ts';
import type { Summary } from './summary.ts';
import { connect } from './systems.ts';
import type { Work, WorkerEvent } from './worker-process.ts';

await performWork<Work, WorkerEvent, Summary>(async (work, tell) => {
  const { database, fail, url, ...options } = work;
  const store = sqliteRunStore(database);
  try {
    return await runWeeklyReports(connect(url, { fail }), {
      ...options,
      store,
      onEvent(event) {
        if (event.type === 'iteration.ended') tell({ type: 'processed' });
        if (event.type === 'action.started' && event.kind === 'action') {
          tell({ type: 'called', path: event.path });
        }
      },
    });
  } finally {
    await store.close();
  }
});
