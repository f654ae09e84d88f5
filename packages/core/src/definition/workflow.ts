/**
 * A workflow: a name, and the validated definition that stands behind it.
 *
 * Read next: flow.ts for what a body can do, define-workflow.ts for the form without handles.
 * @module
 */
import type { Duration } from '@runafter/clock';
import { newFlow } from './builder/builder.ts';
import { writeWorkflow } from './builder/write-workflow.ts';
import type { WorkflowDefinition } from './definition.ts';
import type { Flow, Root } from './flow.ts';
import type { Dependency } from './handle.ts';

declare const input: unique symbol;
declare const output: unique symbol;

/** A defined workflow that takes an In and hands over a T. Frozen; starting it never changes it. */
export interface Workflow<In, T> {
  readonly name: string;
  readonly definition: WorkflowDefinition;
  readonly [input]?: (input: In) => void;
  readonly [output]?: T;
}

export interface WorkflowOptions {
  /** Recorded with every run. */
  readonly version?: string;
  /** How long a run may take; then it ends TimedOut. Default: no bound. */
  readonly timeout?: Duration;
  /** How many handlers of a run may be in flight. Default: no bound. */
  readonly maxConcurrentActions?: number;
  /** How long handlers may take to settle after they were told to stop. Default 5 s. */
  readonly grace?: Duration;
}

/**
 * Defines a workflow. The body runs once, now; it declares what depends on what and returns the
 * handle of what the workflow hands over, if anything.
 *
 * @param name - 1 to 200 characters without `/`, `[` and `]`.
 * @throws {DefinitionError} for everything that could not run, at the line where it is written.
 * @example
 * const greet = workflow('Greet', (flow: Flow<{ customer: string }>) => {
 *   const found = flow.action('Find_Customer', ({ input }) => crm.find(input.customer));
 *   return flow.action('Send_Mail', [found], ([customer]) => mail.send(customer.address));
 * });
 */
export function workflow<In, T = void>(
  name: string,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that returns nothing hands over nothing.
  body: (flow: Flow<In>) => Dependency<Root, T> | void,
  options?: WorkflowOptions,
): Workflow<In, T> {
  return writeWorkflow(name, options, body as (flow: object) => unknown, newFlow);
}
