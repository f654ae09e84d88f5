/**
 * What a random run is: a saga, what its steps and compensations do in each item, how the run is told to
 * stop, and when its process dies. Plain data, so that a failing one can be printed.
 *
 * All times are in milliseconds.
 * @module
 */

/** What one call of a handler does; the last one of the list also stands for all that follow. */
export interface CallPlan {
  readonly takes: number;
  readonly effect: 'at-once' | 'in-the-end' | 'none';
  /** `not-done` throws a StepNotDoneError, and has no effect. */
  readonly ends: 'ok' | 'failed' | 'not-done';
  /** Whether it stops when it is told to. */
  readonly obeys: boolean;
}

export interface UndoPlan {
  readonly takes: number;
  /** How many calls fail before one does not. */
  readonly failures: number;
  /** How those fail: with an error, or by taking longer than the time-out. */
  readonly fails: 'with-error' | 'by-hanging';
}

/** What a step does in one item. */
export interface Behaviour {
  readonly calls: readonly CallPlan[];
  readonly undo: UndoPlan;
}

export interface EdgePlan {
  /** The index of the node. */
  readonly from: number;
  readonly accepts: 'succeeded' | 'failed' | 'settled';
}

export interface NodePlan {
  readonly name: string;
  readonly kind: 'step' | 'child' | 'delay' | 'waitFor';
  readonly after: readonly EdgePlan[];
  readonly criticality: 'critical' | 'important' | 'optional';
  readonly isPivot: boolean;
  readonly hasUndo: boolean;
  readonly retries: number;
  readonly timeout: number | undefined;
  /** Whether it takes its turn at a limiter that all such steps of the run share. */
  readonly isLimited: boolean;
  /** By item. */
  readonly behaviours: readonly Behaviour[];
}

/** A process dies at its so-manieth write, before or after it; or when so much was done or undone in it. */
export interface KillPlan {
  readonly at: 'write' | 'event' | 'undo-event';
  readonly number: number;
  readonly when: 'before' | 'after';
}

export interface RunPlan {
  readonly around: 'nothing' | 'scope' | 'forEach';
  readonly items: number;
  readonly itemsAtOnce: number;
  readonly nodes: readonly NodePlan[];
  readonly compensationConcurrency: number;
  readonly grace: number;
  readonly timeouts: {
    readonly run: number | undefined;
    readonly container: number | undefined;
    readonly saga: number | undefined;
  };
  readonly stop:
    | { readonly by: 'cancel' | 'terminate'; readonly at: number; readonly status: TerminateStatus }
    | undefined;
  readonly signalsAt: number;
  /** How long the store takes to write; a process that dies meanwhile has not written. */
  readonly writesTake: number;
  /** One for each process that dies; the one after the last of them lives. */
  readonly kills: readonly KillPlan[];
}

export type TerminateStatus = 'Succeeded' | 'Failed' | 'Cancelled';

/** How often a compensation is tried again, and how long it may take in all. */
export const undoRetries = 1;
export const undoTimeout = 40_000;

/** Everything that a node runs after, by any number of edges. */
export function ancestorsOf(nodes: readonly NodePlan[]): readonly ReadonlySet<number>[] {
  const ancestors: Set<number>[] = [];
  for (const { after } of nodes) {
    const own = new Set<number>();
    for (const { from } of after) {
      own.add(from);
      for (const before of ancestors[from] ?? []) own.add(before);
    }
    ancestors.push(own);
  }
  return ancestors;
}
