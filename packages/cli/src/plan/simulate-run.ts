/**
 * One run of a simulated workflow, by the engine, on a clock of its own.
 * @module
 */
import { seededRandom, virtualClock } from '@runafter/clock';
import { type RunListener, type Status, start, type Workflow } from '@runafter/core';
import type { KnownFacts } from './known-facts.ts';
import { RunTally } from './run-tally.ts';
import { simulatedWorkflow } from './simulated-workflow.ts';

/** What is varied: how many iterations of a loop at once, or how many actions of the run. */
export type Variable =
  | { readonly kind: 'loop'; readonly address: string }
  | { readonly kind: 'maxConcurrentActions' };

/** What is simulated. */
export interface RunSetting {
  readonly workflow: Workflow<unknown, unknown>;
  readonly facts: KnownFacts;
  readonly variable: Variable;
  /** Infinity: without bound. */
  readonly degree: number;
  /** The workflow's own `maxConcurrentActions` is left out. Default false. */
  readonly anyActions?: boolean | undefined;
  readonly seed: string;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: RunListener | undefined;
}

/** What came of it. */
export interface SimulatedRun {
  readonly status: Status;
  /** From its start to its end, in milliseconds. */
  readonly makespan: number;
  readonly tally: RunTally;
}

/** @throws the signal's reason when it was aborted. */
export async function simulateRun(setting: RunSetting): Promise<SimulatedRun> {
  const { workflow, facts, variable, degree, anyActions, seed, signal, onEvent } = setting;
  signal?.throwIfAborted();
  const clock = virtualClock({ autoAdvance: true });
  const tally = new RunTally();
  const loop = variable.kind === 'loop' ? { address: variable.address, degree } : undefined;
  const simulated = simulatedWorkflow({ workflow, facts, clock, tally, seed, loop });
  const run = start(simulated, undefined, {
    runId: 'plan',
    clock,
    random: seededRandom(`${seed} retries`),
    ...(anyActions && { maxConcurrentActions: Number.POSITIVE_INFINITY }),
    ...(variable.kind === 'maxConcurrentActions' && { maxConcurrentActions: degree }),
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
  });
  const { status, startTime, endTime } = await run.finished;
  signal?.throwIfAborted();
  return { status, makespan: endTime.getTime() - startTime.getTime(), tally };
}
