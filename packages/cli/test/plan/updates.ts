/** A file with a workflow and its plan, as `runafter plan` takes it. */
import { type Clock, systemClock } from '@runafter/clock';
import { type Flow, type Workflow, workflow } from '@runafter/core';
import type { Plan } from '../../src/plan/plan.ts';

export const updateAll = (clock: Clock): Workflow<number, unknown> =>
  workflow('Update_All', (flow: Flow<number>) =>
    flow.forEach(
      'Items',
      [],
      (_, { input }) => Array.from({ length: input }, (__, n) => n),
      (each) => void each.action('Update', async ({ signal }) => clock.sleep('2s', { signal })),
      { concurrency: 4 },
    ),
  );

export const updates: Workflow<number, unknown> = updateAll(systemClock);

export const unplanned: Workflow<void, void> = workflow('Other', (flow: Flow<void>) => {
  flow.action('Work', () => undefined);
});

export const plan: Plan = {
  actions: {
    Items: { items: 8 },
    'Items/Update': { duration: '2s', connector: 'sharePoint' },
  },
};
