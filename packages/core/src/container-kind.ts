/**
 * The extension point: container kinds that are defined outside this package, such as a saga or a
 * quorum. A kind gets what a scope has (a body that is a DAG, the leaf rule, records, time-outs) and
 * five rights of its own: to decide its status, code and outputs; to cancel its children; a last
 * phase that cancel and time-out do not reach; metadata per child; state that is stored before a
 * child starts.
 *
 * Invariant: a child of such a container never starts before the promise of `childStarting` has
 * resolved, so what the kind saved there is known whatever happens to the child.
 * Read next: definition/builder/container.ts (how a kind is put into a flow),
 * engine/kinds/container-execution.ts.
 * @module
 */
import type { Clock, Duration, RetryPolicy } from '@runafter/clock';
import type { Criticality } from './definition/definition.ts';
import type { BodyDescription } from './definition/description.ts';
import type { ActionRecord } from './engine/records/action-record.ts';
import type { ActionError, Result } from './result.ts';
import type { Status } from './status.ts';

/** A child as its container kind sees it at definition time. */
export interface ChildDefinition {
  readonly name: string;
  readonly kind: string;
  readonly criticality: Criticality;
  /** What `setMetadata` attached to the child's handle; undefined when nothing was. */
  readonly metadata: unknown;
  /** Names of the siblings that it runs after. */
  readonly runAfter: readonly string[];
  /** Names of the siblings that run after it. */
  readonly successors: readonly string[];
}

/** A child of a running container. */
export interface Child extends ChildDefinition {
  /** Its record once it has ended; undefined before. */
  readonly record: ActionRecord | undefined;
  /** The key that the child's handler gets, the same on every attempt and after a resume. */
  readonly idempotencyKey: string;
  /** Its real output, also where the record shows a secure marker; undefined unless Succeeded. */
  readonly outputs: unknown;
  /** It takes in something secure, or hands it over. */
  readonly secure: boolean;
}

/** What the functions of the definition can read where a container stands. */
export interface ContainerContext {
  /** The input that the run was started with. */
  readonly input: unknown;
  /** The item of the innermost forEach around it; undefined where there is none. */
  readonly item: unknown;
  /** The number of the innermost iteration or round around it; undefined where there is none. */
  readonly index: number | undefined;
}

/** Why the container was told to stop from outside. */
export interface StopCause {
  readonly status: 'Cancelled' | 'TimedOut';
  readonly code: string;
  readonly message: string;
  /** It is the container's own `timeout` that has passed, not that of the run or of something around it. */
  readonly isOwnTimeout: boolean;
}

/** How the container ends, when its kind decides that. */
export interface Verdict {
  readonly status: Exclude<Status, 'Skipped'>;
  /** A stable code on the status, such as COMPENSATION_FAILED. */
  readonly code?: string;
  readonly message?: string;
  /** What the container hands over; the body's own output when absent. */
  readonly outputs?: unknown;
}

/** What a handler of the last phase is given. */
export interface ShieldedContext {
  /** Aborts only when the handler's own `timeout` passes. */
  readonly signal: AbortSignal;
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

export interface ShieldedOptions {
  /** When and how often to try again. Default: never. */
  readonly retry?: RetryPolicy;
  /** How long it may take, its retries included; then it is told to stop and ends TimedOut. Default: no bound. */
  readonly timeout?: Duration;
  /**
   * It deals with secure values: records show a marker in place of its output, and of what it throws
   * only the code. Default: as the container.
   */
  readonly secure?: boolean;
}

/** A running container, in the hands of its kind. */
export interface Container<Options, State> {
  readonly runId: string;
  readonly path: string;
  readonly idempotencyKey: string;
  readonly clock: Clock;
  readonly options: Options;
  readonly context: ContainerContext;
  readonly children: readonly Child[];
  /** Set once the run, or a container around this one, told it to stop. */
  readonly stopped: StopCause | undefined;
  /** What the leaf rule says of the children; meaningful once all have ended, as in `finish`. */
  readonly leafStatus: Status;
  /** Why the leaf rule says Failed: the innermost error, with its path; undefined where it does not. */
  readonly leafError: ActionError | undefined;
  /** Whether the leaf rule will say Failed, however those end that have not ended yet. */
  readonly failureIsCertain: boolean;
  readonly state: State;
  /**
   * Replaces the container's state; the promise resolves once it is stored. Await it in
   * `childStarting` and the child will not start before.
   */
  saveState(state: State): Promise<void>;
  /**
   * Tells the children that run to stop and skips those that have not started. Those that ran end
   * Cancelled once they have settled.
   */
  cancelChildren(reason: { readonly code: string; readonly message: string }): void;
  /**
   * Runs a function that no cancellation or time-out from outside reaches. It gets a record of its own
   * among the container's results, its own retry budget and idempotency key (`<container>/<name>`).
   * The container does not end before it has settled. Never rejects: a failure is the result's status.
   *
   * @param name - unique among the container's children and functions.
   * @throws {DefinitionError} `NAME_DUPLICATE`, `NAME_INVALID`
   */
  perform<T>(
    name: string,
    run: (context: ShieldedContext) => T | Promise<T>,
    options?: ShieldedOptions,
  ): Promise<Result<Awaited<T>>>;
}

/** A kind of container. All hooks are optional; without any it is a scope. */
export interface ContainerKind<Options, State = undefined> {
  /** What `describe()` shows as the kind, such as `saga`. */
  readonly name: string;
  /** The names of its options, so that typing mistakes are refused. Default: any are taken. */
  readonly optionNames?: readonly string[];
  /**
   * What a child is that does not say its criticality. Default: critical. Asked before the body is
   * written, and so before `check`.
   */
  readonly childCriticality?: (options: Options) => Criticality;
  /** Called when the workflow is defined; throws a DefinitionError to refuse it. */
  readonly check?: (definition: {
    readonly workflow: string;
    readonly path: string;
    readonly options: Options;
    readonly children: readonly ChildDefinition[];
    /** The body as `describe()` shows it, with everything inside. */
    readonly body: BodyDescription;
  }) => void;
  /** The state before anything happened. Default undefined. */
  readonly initialState?: (options: Options) => State;
  /** Called before a child starts, which waits for it. A rejection fails the child. */
  readonly childStarting?: (
    container: Container<Options, State>,
    child: Child,
  ) => void | Promise<void>;
  /**
   * Called after a child has ended, with its record; also for skipped ones. What runs after the child
   * does not wait for it, but `finish` does. A process that resumes the run calls it again for the
   * children that had ended before, with the state that was saved last: nothing may count twice.
   */
  readonly childEnded?: (
    container: Container<Options, State>,
    child: Child,
  ) => void | Promise<void>;
  /**
   * The last phase: called once when every child has ended, also after a cancel or a time-out, which
   * do not reach it; not called when `initialState` has thrown. What it returns decides how the
   * container ends; undefined leaves that to the leaf rule (or to the cancel or time-out). A rejection
   * fails the container.
   */
  readonly finish?: (
    container: Container<Options, State>,
  ) => Verdict | undefined | Promise<Verdict | undefined>;
}
