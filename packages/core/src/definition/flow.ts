/**
 * The typed surface on which a workflow is written: dependencies in, outputs out.
 *
 * Every method takes a name, the runAfter list, what to do, and options last; it returns a handle.
 * The list decides both when something starts and what its function is handed, in the same order.
 * Read next: builder.ts (what stands behind it at run time), handle.ts (the handles).
 * @module
 */
import type { AdaptiveLimiter, Duration, Limiter, RetryPolicy } from '@runafter/clock';
import type { IterationCounts, LoopDetail, LoopFailures } from '../result.ts';
import type { Criticality, Keep, TerminateStatus } from './definition.ts';
import type { EventType } from './event-type.ts';
import type { Dependency, Handle, InputsOf, Values } from './handle.ts';
import type { Workflow } from './workflow.ts';

declare const container: unique symbol;
declare const runInput: unique symbol;
declare const loopContext: unique symbol;

/** The brand of a workflow's own body. */
export interface Root {
  readonly root: unique symbol;
}

/** What the functions of a definition can read beside the values that were handed over. */
export type Context<In, X> = {
  /** The input that the run was started with. */
  readonly input: In;
} & X;

/** What a handler is given: the facts of its own attempt. */
export type ActionContext<In, X> = Context<In, X> & {
  /**
   * Aborts when the action's time is up, or the run is cancelled, terminated or timed out. After
   * that the run waits for the handler only for the grace time.
   */
  readonly signal: AbortSignal;
  /**
   * The same on every attempt of this action, and after a resume. Give it to whatever the handler
   * calls, so that a retry does not do the work twice.
   */
  readonly idempotencyKey: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The action's identity in the run, such as `Orders[3]/Mail`. */
  readonly path: string;
  readonly runId: string;
};

/** What a loop adds to the context of everything inside it. */
export interface LoopContext<Item> {
  readonly item: Item;
  /** Position of the item in the source, from 0. */
  readonly index: number;
}

/** What an until adds to the context of everything inside it. */
export interface RoundContext {
  /** Number of the round, from 0. */
  readonly index: number;
}

/** Which values never reach records, events, reports or error messages. */
export interface Secure {
  /** The values handed over to the action. Set by itself where one of them is a secure output. */
  readonly inputs?: boolean;
  readonly outputs?: boolean;
}

/** Options that everything in a flow takes. */
export interface NodeOptions {
  /**
   * What its failure means: `critical` (default) fails the container whose leaf it is, `important`
   * flags it for review, `optional` only records it.
   */
  readonly criticality?: Criticality;
  readonly secure?: Secure;
}

/** Options of everything that takes time. */
export interface TimedOptions extends NodeOptions {
  /**
   * How long it may take from its start, its retries included; then it is told to stop and ends
   * TimedOut. Default: no bound.
   */
  readonly timeout?: Duration;
}

/** Options of a container. */
export interface ContainerOptions extends TimedOptions {
  /** Every handler inside takes a permit of it, as of the limiters further out. */
  readonly limiter?: Limiter;
}

export interface ActionOptions<T, K = T> extends TimedOptions {
  /** When and how often to try again. Default: never. */
  readonly retry?: RetryPolicy;
  /** Trims the output: only what it returns is recorded and handed over. May be async. */
  readonly select?: (output: T) => K | Promise<K>;
  /** The most bytes that the output may have as JSON. More fails with PAYLOAD_TOO_LARGE. */
  readonly payloadLimit?: number;
  /** Every attempt takes a permit of it first. */
  readonly limiter?: Limiter;
}

export interface ForEachOptions<Item, K extends Keep = Keep> extends ContainerOptions {
  /**
   * Degree of parallelism: how many iterations at once, a whole number or Infinity. Default 1.
   *
   * Or a limiter that finds out by itself how much a service can take: then as many as its `degree` says
   * at the moment. As that rises, iterations start in the same turn; as it falls, none is cancelled, and
   * new ones wait. Every attempt of an action inside takes a permit of it, as of a `limiter`, and gives
   * it back with what it failed with: so it hears of a service that says 429, as long as the handler
   * throws. What a handler returns is taken for a success.
   *
   * A run that is kept may go on with another one than it began with.
   *
   * @example
   * const service = adaptive({ max: 50 }); // of @runafter/throttle
   * flow.forEach('Rows', [], (_, { input }) => input, (each) => {
   *   each.action('Update', ({ item, signal }) => update(item, { signal }), { retry: transientRetry });
   * }, { concurrency: service });
   */
  readonly concurrency?: number | AdaptiveLimiter;
  /** Items with the same key run one after the other in item order, different keys side by side. */
  readonly key?: (item: Item, index: number) => string | number | bigint;
  /**
   * An identity for the item that is the same in every run; the index otherwise. Idempotency keys are
   * made of it, so no two items of the loop may have the same. A durable run fails a loop over a stream
   * with ITEM_ID_DUPLICATE where a second item with an id is taken while the first one runs, or ends
   * after it. No ids are remembered for that: after a restart a second item may pass for the first.
   */
  readonly id?: (item: Item, index: number) => string | number | bigint;
  /**
   * What is kept of the iterations: `all` (default) records in item order, only the `failures`, or
   * only counts (`summary`), which takes constant memory.
   * A durable run refuses items of a stream that cannot be stored (VALUE_NOT_STORABLE), but for `summary`.
   */
  readonly keep?: K;
  /**
   * With `key`: how many items may be held back because their key is busy, before the source is read
   * no further. Default 4 × concurrency, which is 4 × `max` of an adaptive one.
   */
  readonly lookAhead?: number;
}

export interface UntilOptions extends ContainerOptions {
  /** Default 60. */
  readonly maxIterations?: number;
  /** For all rounds together. Default 1 hour. */
  readonly timeout?: Duration;
  /** What reaching `maxIterations` or `timeout` means. Default `fail`. */
  readonly onLimit?: 'fail' | 'succeed';
}

export interface WaitForOptions<R extends readonly unknown[], X> extends TimedOptions {
  /**
   * Which of several waits for the same event is meant: a signal must carry the same text. A durable run
   * keeps that text as it is, also where what it is made of is secure: give a reference, not a secret.
   */
  readonly correlate?: (values: Values<R>, context: X) => string;
}

export interface TerminateOptions extends NodeOptions {
  /** Default TERMINATED. */
  readonly code?: string;
  readonly message?: string;
}

/** Items of a loop: everything that can be iterated, or a promise of it. */
export type Items<Item> =
  | Iterable<Item>
  | AsyncIterable<Item>
  | Promise<Iterable<Item> | AsyncIterable<Item>>;

/** The inside of container S; it gets the values of the runAfter list as handles of its own. */
export type BodyOf<In, X, R extends readonly unknown[], T> = <S>(
  flow: Flow<In, S, X>,
  inputs: InputsOf<S, R>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that returns nothing hands over nothing.
) => Dependency<S, T> | void;

/** When any text can be chosen, and not only some known ones, only a default covers them all. */
export type Covered<K extends string, Cases> = 'default' extends Cases
  ? unknown
  : string extends K
    ? never
    : unknown;

/** The inside of a loop: `item` and `index` are handles, so that an inner loop can take them. */
export interface EachFlow<In, S, Item> extends Flow<In, S, LoopContext<Item>> {
  readonly item: Handle<S, Item>;
  readonly index: Handle<S, number>;
}

/** The inside of an until: `state` is what the round before has returned. */
export interface RoundFlow<In, S, A, X> extends Flow<In, S, X & RoundContext> {
  readonly state: Handle<S, A>;
  readonly index: Handle<S, number>;
}

/**
 * A container's body while it is being written. In: the run's input. O: the brand of this container.
 * X: what the loops around it add to the context.
 */
export interface Flow<In, O = Root, X = unknown> {
  readonly [container]: (o: O) => O;
  readonly [runInput]: In;
  readonly [loopContext]: X;

  /** An action that waits for nothing. */
  action<T, K = Awaited<T>>(
    name: string,
    run: (context: ActionContext<In, X>) => T,
    options?: ActionOptions<Awaited<T>, K>,
  ): Handle<O, K>;
  /**
   * An action: starts when everything in `runAfter` has ended in a status that was asked for, and is
   * Skipped when that can no longer happen.
   *
   * @param name - unique in its container; no `/`, `[` or `]`.
   * @param runAfter - bare handles (Succeeded), `on(x, …)`, `failed(x)`, `settled(x)`.
   * @param run - gets their outputs or results in the same order; may be async. What it throws makes
   *   the action Failed.
   * @throws {DefinitionError} with a code that says what is wrong with the definition.
   */
  action<const R extends readonly Dependency<O, unknown>[], T, K = Awaited<T>>(
    name: string,
    runAfter: R,
    run: (values: Values<R>, context: ActionContext<In, X>) => T,
    options?: ActionOptions<Awaited<T>, K>,
  ): Handle<O, K>;

  /**
   * A group of actions with a status of its own, by the leaf rule, that hands over what its body
   * returns. Its result has the first-level records.
   */
  scope<const R extends readonly Dependency<O, unknown>[], T = void>(
    name: string,
    runAfter: R,
    body: BodyOf<In, X, R, T>,
    options?: ContainerOptions,
  ): Handle<O, T>;

  /**
   * A bounded loop: a sliding window of at most `concurrency` iterations over the items. A failed
   * iteration does not stop the others; the loop is Failed in the end. Hands over the iterations'
   * outputs in item order, or what `keep` leaves.
   */
  forEach<const R extends readonly Dependency<O, unknown>[], Item, T = void>(
    name: string,
    runAfter: R,
    items: (values: Values<R>, context: Context<In, X>) => Items<Item>,
    body: LoopBody<In, R, Item, T>,
    options: ForEachOptions<Item, 'summary'> & { readonly keep: 'summary' },
  ): Handle<O, IterationCounts, LoopDetail<T, Item>>;
  forEach<const R extends readonly Dependency<O, unknown>[], Item, T = void>(
    name: string,
    runAfter: R,
    items: (values: Values<R>, context: Context<In, X>) => Items<Item>,
    body: LoopBody<In, R, Item, T>,
    options: ForEachOptions<Item, 'failures'> & { readonly keep: 'failures' },
  ): Handle<O, LoopFailures<T, Item>, LoopDetail<T, Item>>;
  forEach<const R extends readonly Dependency<O, unknown>[], Item, T = void>(
    name: string,
    runAfter: R,
    items: (values: Values<R>, context: Context<In, X>) => Items<Item>,
    body: LoopBody<In, R, Item, T>,
    options?: ForEachOptions<Item, 'all'>,
  ): Handle<O, T[], LoopDetail<T, Item>>;

  /**
   * Runs one of two branches. Hands over what the branch taken returns (undefined where there is no
   * `else`). Its result has one record per branch, with its actions inside; the branch that was not
   * taken is one skipped record.
   */
  condition<const R extends readonly Dependency<O, unknown>[], A = void, B = undefined>(
    name: string,
    runAfter: R,
    test: (values: Values<R>, context: Context<In, X>) => boolean | Promise<boolean>,
    branches: { readonly then: BodyOf<In, X, R, A>; readonly else?: BodyOf<In, X, R, B> },
    options?: ContainerOptions,
  ): Handle<O, A | B>;

  /**
   * Runs the branch that `choose` names. A name without a branch takes `default`; without `default`
   * the switch fails with SWITCH_CASE_MISSING.
   */
  switch<
    const R extends readonly Dependency<O, unknown>[],
    K extends string,
    B extends Record<K, unknown> | { readonly default: unknown },
  >(
    name: string,
    runAfter: R,
    choose: (values: Values<R>, context: Context<In, X>) => (K | Promise<K>) & Covered<K, keyof B>,
    cases: { readonly [P in keyof B]: BodyOf<In, X, R, B[P]> },
    options?: ContainerOptions,
  ): Handle<O, B[keyof B]>;

  /**
   * Repeats its body until `done` says so, checked after each round. State goes from round to round:
   * `initial` makes the first, the body returns the next. A failed round leaves the state as it was,
   * is not done, and the next one runs; the last round decides the status.
   */
  until<const R extends readonly Dependency<O, unknown>[], A>(
    name: string,
    runAfter: R,
    initial: (values: Values<R>, context: Context<In, X>) => A | Promise<A>,
    body: <S>(round: RoundFlow<In, S, A, X>, inputs: InputsOf<S, R>) => Dependency<S, A>,
    done: (state: A, context: Context<In, X> & RoundContext) => boolean | Promise<boolean>,
    options?: UntilOptions,
  ): Handle<O, A, LoopDetail<A, A>>;

  /**
   * Runs another workflow as a run of its own and hands over its outputs. Failed or TimedOut when
   * the child is; a cancelled child makes it Failed with CHILD_CANCELLED.
   */
  child<const R extends readonly Dependency<O, unknown>[], ChildIn, T>(
    name: string,
    runAfter: R,
    workflow: Workflow<ChildIn, T>,
    input: (values: Values<R>, context: Context<In, X>) => ChildIn | Promise<ChildIn>,
    options?: ContainerOptions,
  ): Handle<O, T>;

  /** Waits for a time. */
  delay<const R extends readonly Dependency<O, unknown>[]>(
    name: string,
    runAfter: R,
    duration: Duration | ((values: Values<R>, context: Context<In, X>) => Duration),
    options?: NodeOptions,
  ): Handle<O, void>;

  /**
   * Waits for an event from outside, `run.signal(name, payload)`, sent before or after the wait began
   * and taken exactly once; hands over its payload. TimedOut when `timeout` passes.
   */
  waitFor<const R extends readonly Dependency<O, unknown>[], P>(
    name: string,
    runAfter: R,
    event: EventType<P>,
    options?: WaitForOptions<R, Context<In, X>>,
  ): Handle<O, P>;

  /**
   * Ends the whole run at once with a status: what runs is cancelled, what has not started skipped,
   * what is done stays. Not in loops. Nothing can run after it, so it returns no handle.
   */
  terminate<const R extends readonly Dependency<O, unknown>[]>(
    name: string,
    runAfter: R,
    status: TerminateStatus,
    options?: TerminateOptions,
  ): void;
}

/** The inside of a loop over items. */
export type LoopBody<In, R extends readonly unknown[], Item, T> = <S>(
  each: EachFlow<In, S, Item>,
  inputs: InputsOf<S, R>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that returns nothing hands over nothing.
) => Dependency<S, T> | void;
