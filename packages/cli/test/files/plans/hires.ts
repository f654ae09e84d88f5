/** A workflow that is called plan, with a plan beside its file. */
import { type Flow, workflow } from '@runafter/core';

export const plan = workflow('Plan_Hires', (flow: Flow<readonly string[]>) => {
  flow.forEach(
    'Hires',
    [],
    (_, { input }) => input,
    (hire) => void hire.action('Account', ({ item }) => item),
  );
});
