/** A workflow that fails with a message that would clear the screen of a terminal, in both of its ways. */
import { type Flow, workflow } from '@runafter/core';

export const escapes = workflow('Escapes', (flow: Flow<void>) => {
  flow.action('Clear', () => {
    throw new Error('esc\u001b[2J del\u007f csi\u009b3J');
  });
});
