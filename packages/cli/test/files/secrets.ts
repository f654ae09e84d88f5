/** A workflow whose output nobody may see, and one that takes long. */
import { workflow } from '@runafter/core';

export const login = workflow('Login', (flow) =>
  flow.action('Log_In', () => 'hunter2', { secure: { outputs: true } }),
);

export const waitLong = workflow('Wait_Long', (flow) => {
  flow.delay('Wait', [], '1h');
});
