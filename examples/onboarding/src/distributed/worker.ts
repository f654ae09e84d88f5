/**
 * One of several processes that onboard the hires together, and that may be killed at any time.
 *
 * Invariant: it knows of no other process. It takes what there is to do, until it is asked to end.
 * Read next: worker-team.ts, which starts it.
 * @module
 */
import { performWork } from '@runafter/example-weekly-reports/child-side';
import type { HireEnded } from '../worker-process.ts';
import { openSharedOnboarding, type SharedWork } from './shared-onboarding.ts';

const askedToEnd = new Promise((resolve) => process.once('SIGTERM', resolve));
// Ctrl-C on a terminal reaches every process of it; the one that has started this one says when to end.
process.on('SIGINT', () => undefined);

await performWork<SharedWork, HireEnded, void>(async (work, tell) => {
  await using shared = await openSharedOnboarding(work, (event) => {
    // Events are of the runs that are scheduled here, wherever their actions are called.
    if (event.type === 'iteration.ended') tell({ index: event.index });
  });
  await shared.distribution.work({ shutdownSignals: [] });
  await askedToEnd;
});
