/**
 * A workflow: a name, and the validated definition that stands behind it.
 * @module
 */
import type { Duration } from '@runafter/clock';
import type { WorkflowDefinition } from './definition.ts';

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
