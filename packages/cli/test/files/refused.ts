/** A file whose workflow is refused when it is defined. */
import { type Flow, workflow } from '@runafter/core';

export const refused = workflow('Refused', (flow: Flow<void>) => {
  flow.action('Twice', () => 1);
  flow.action('Twice', () => 2);
});
