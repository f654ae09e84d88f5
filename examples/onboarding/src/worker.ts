/**
 * A process that onboards the hires, and may be killed at any time.
 *
 * Invariant: it does not know whether it is the first one. The same call begins the run, or goes on with
 * it where another process has left it. Read next: worker-process.ts, which starts it.
 * @module
 */
import { systemClock } from '@runafter/clock';
import { fasterClock } from '@runafter/example-office';
import { performWork } from '@runafter/example-weekly-reports/child-side';
import { sqliteRunStore } from '@runafter/sqlite';
import { openHrDatabase } from './database/open-hr-database.ts';
import { limitsOn } from './limits.ts';
import { readHires } from './read-hires.ts';
import { runOnboarding } from './run-onboarding.ts';
import type { Summary } from './summary.ts';
import { connect } from './systems.ts';
import type { HireEnded, Work } from './worker-process.ts';

await performWork<Work, HireEnded, Summary>(async (work, tell) => {
  const { input, url, database: place, runs, ...options } = work;
  await using database = await openHrDatabase(place);
  const limits = limitsOn(fasterClock(systemClock, work.speed));
  const store = sqliteRunStore(runs);
  try {
    return await runOnboarding(connect(url, database, limits), readHires(input), {
      ...options,
      store,
      onEvent(event) {
        if (event.type === 'iteration.ended') tell({ index: event.index });
      },
    });
  } finally {
    await store.close();
  }
});
