/**
 * A workflow of which a process can be killed in the second action.
 * @module
 */
import { type Workflow, workflow } from '@runafter/core';

export function twoSteps(second: () => Promise<void>): Workflow<unknown, void> {
  return workflow('Two_Steps', (flow) => {
    const first = flow.action('First', () => 1);
    return flow.action('Second', [first], second);
  });
}
