/**
 * What a program is asked to work on, and how a run of it is begun, in a program or in the test itself.
 * @module
 */
import { type Run, type RunStore, resume, start, type Workflow } from '@runafter/core';
import type { Witness } from '../../packages/core/test/model/journal.ts';
import type { Plan } from '../../packages/core/test/model/plan.ts';
import { typedWorkflow } from '../../packages/core/test/model/typed-workflow.ts';
import { parcels } from './parcels.ts';
import { swiftPlan } from './swift-plan.ts';

/** A run, and what its plan is called. */
export interface RunToDo {
  readonly runId: string;
  readonly plan: string;
}

/** What programs/work-on-runs.ts is told. */
export interface Task {
  readonly database: string;
  readonly logbook: string;
  readonly runs: readonly RunToDo[];
  /**
   * How runs are begun: each by `start()`, each by `resume()` where it is in the store already, or all
   * of them by `resumeAll()`, until none is left.
   */
  readonly by: 'start' | 'resume' | 'resumeAll';
  /** Milliseconds. */
  readonly lease: number;
  /** How many runs are begun at once, where they are begun one by one. Default: all. */
  readonly atOnce?: number;
  /** Write down where the write-ahead log ended when an outcome was acknowledged. */
  readonly withPositions?: boolean;
}

export function planOf(name: string): Plan {
  return name === 'parcels' ? parcels : swiftPlan(name);
}

export function workflowOf(name: string, witness: Witness): Workflow<undefined, unknown> {
  return typedWorkflow(planOf(name), witness);
}

export interface BeginOptions {
  readonly store: RunStore;
  readonly lease: number;
  readonly by: 'start' | 'resume';
}

/** The run, once it has begun here or has ended elsewhere. */
export async function begin(
  workflow: Workflow<undefined, unknown>,
  runId: string,
  { by, store, lease }: BeginOptions,
): Promise<Run<unknown>> {
  const isKnown = by === 'resume' && (await store.readRun(runId)) !== undefined;
  if (isKnown) return resume(workflow, runId, { store, lease, wait: '1h' });
  return start(workflow, undefined, { store, lease, runId });
}
