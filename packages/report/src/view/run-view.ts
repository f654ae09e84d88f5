/**
 * A run as it is drawn: plain JSON, made of a run in memory or of one in a store, and all that a page or
 * a command needs. Secure values are not in it, nor any other value that a run works on.
 *
 * Times are milliseconds since 1970. An address is where something stands in the definition
 * (`Orders/Mail`), a path which execution of it is meant (`Orders[3]/Mail`).
 * @module
 */
import type { WaitKind } from '@runafter/clock';
import type { Criticality, RecordKind, Status } from '@runafter/core';

export type { WaitKind } from '@runafter/clock';

/** A run that goes on, or has ended. */
export interface RunView {
  readonly runId: string;
  readonly workflow: string;
  readonly version?: string | undefined;
  readonly status: Status | 'Running';
  readonly error?: ErrorView | undefined;
  readonly startTime: number;
  /** Its end; when the view was made, while it goes on, also of what runs. */
  readonly endTime: number;
  /** In words, and from the deciding leaf to the first cause; the paths are those of `executions`. */
  readonly why: { readonly text: string; readonly chain: readonly string[] };
  /**
   * The definition, each after what it runs after, containers before what is inside. Then what containers
   * called in their last phases (`shielded`), such as compensations: nothing says what that runs after.
   */
  readonly nodes: readonly NodeView[];
  /** What has started or ended, by start, what is around others before them. A loop's iterations are among them. */
  readonly executions: readonly ExecutionView[];
  /**
   * Executions that are not in `executions`, because a loop did not keep them or there are too many. Of an
   * iteration that was not kept, what is inside it is not counted.
   */
  readonly left: number;
  readonly analysis: AnalysisView;
}

/** What went wrong, in the words of the record. */
export interface ErrorView {
  readonly code: string;
  readonly message: string;
}

/** Something in the definition, and how its executions went. */
export interface NodeView {
  readonly address: string;
  readonly name: string;
  readonly kind: RecordKind;
  /** The kind of a container, the workflow of a child, the event of a wait. */
  readonly of?: string | undefined;
  /** The address of the container around it; empty for the run's own body. */
  readonly container: string;
  /** The siblings that it runs after, by address. */
  readonly runAfter: readonly { readonly address: string; readonly statuses: readonly Status[] }[];
  readonly criticality: Criticality;
  /** Of a loop: how many iterations at once, at most; undefined without a bound, and for everything else. */
  readonly concurrency?: number | undefined;
  /**
   * How many executions ended in each status; those that run are under `Running`. In a loop that did not
   * keep all iterations: of those that it kept.
   */
  readonly counts: Readonly<Partial<Record<Status | 'Running', number>>>;
  /** Of a loop: the same of its iterations, those that it did not keep among them. */
  readonly iterations?: NodeView['counts'] | undefined;
  /** Milliseconds of all its executions together, waits before the start not included. */
  readonly busy: number;
  /** Milliseconds of half of its executions, and of all but a twentieth; undefined when none has ended. */
  readonly median?: number | undefined;
  readonly p95?: number | undefined;
}

/** One execution of an action or a container, or one iteration of a loop. */
export interface ExecutionView {
  readonly path: string;
  /** That of its node; of an iteration, that of the loop. */
  readonly address: string;
  readonly kind: RecordKind | 'iteration';
  readonly status: Status | 'Running';
  readonly error?: ErrorView | undefined;
  /**
   * When everything that it runs after had ended; of what is first in a container, when that began; of an
   * iteration, when there was room in its loop's window.
   */
  readonly readyTime: number;
  readonly startTime: number;
  readonly endTime: number;
  readonly attempts: readonly AttemptView[];
  /** By start: between ready and started (`queue`), between attempts (`retry`), and what its handler waited for. */
  readonly waits: readonly WaitView[];
  /** Bytes of its output as JSON, where it was measured. */
  readonly payloadBytes?: number | undefined;
}

/** One call of a handler. */
export interface AttemptView {
  readonly number: number;
  readonly startTime: number;
  readonly endTime: number;
  readonly error?: ErrorView | undefined;
  /** It was refused for being one too many: HTTP 429, or an error that says so. */
  readonly throttled: boolean;
}

/** Time in which nothing was done. */
export interface WaitView {
  readonly for: 'queue' | 'retry' | WaitKind;
  /** Of the lock, limiter, pool or document. */
  readonly name?: string | undefined;
  readonly startTime: number;
  readonly endTime: number;
}

/** A wait of a handler, or of the engine before it calls one, that was told of while the run went on. */
export interface RecordedWait {
  /** Waits of other runs are left out. Undefined: it is one of this run. */
  readonly runId?: string | undefined;
  /** Of the execution, as everywhere in a view. */
  readonly path: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly for: WaitKind;
  readonly name?: string | undefined;
  readonly startTime: number;
  readonly endTime: number;
}

/** What the times say. */
export interface AnalysisView {
  /** Milliseconds from the run's start to its end. */
  readonly makespan: number;
  /** Milliseconds in handlers, all together. */
  readonly busy: number;
  /** Executions whose handler was called. */
  readonly calls: number;
  /** Calls of handlers, retries among them. */
  readonly attempts: number;
  /**
   * Iterations that their loops did not keep, or that were not read. What was inside of them is in no sum: where there
   * are any, `busy`, `calls`, `attempts`, `throttled` and `waited` are at least so much.
   */
  readonly notKept: number;
  /**
   * Paths of the actions that the end of the run hung on, by start: each could begin because the one before
   * had ended. What is between the end of one and the start of the next was waited.
   */
  readonly criticalPath: readonly string[];
  /** The action whose executions the run would gain most without. */
  readonly bottleneck?: BottleneckView | undefined;
  readonly outliers: readonly {
    readonly path: string;
    readonly duration: number;
    readonly median: number;
  }[];
  /** Attempts that were refused for being one too many. */
  readonly throttled: number;
  /** Milliseconds waited, all together, by what for. */
  readonly waited: Readonly<Partial<Record<WaitView['for'], number>>>;
}

export interface BottleneckView {
  readonly address: string;
  /** Milliseconds on the critical path. */
  readonly onPath: number;
  /** Milliseconds that the run would take if it took no time at all, all else being equal. */
  readonly without: number;
}
