/**
 * How a workflow is recognised, also one that another copy of this package defined.
 * @module
 */
import type { WorkflowDefinition } from './definition.ts';
import type { Workflow } from './workflow.ts';

const brand = Symbol.for('@runafter/core/Workflow');

/** Makes the frozen object that users hold. */
export function makeWorkflow<In, T>(definition: WorkflowDefinition): Workflow<In, T> {
  const workflow = { name: definition.name, definition };
  Object.defineProperty(workflow, brand, { value: true });
  return Object.freeze(workflow);
}

/** Whether a value came from `workflow()` or `defineWorkflow()`, also of another copy of this package. */
export function isWorkflow(value: unknown): value is Workflow<unknown, unknown> {
  return typeof value === 'object' && value !== null && brand in value;
}
