/**
 * The inside of a saga as its user writes it: a DAG of steps, each of which says how it is undone.
 *
 * Beside steps there is what has no effects, `delay` and `waitFor`, and a child workflow, which is
 * undone as a whole. Everything else is not offered: what happens inside a loop or a branch could not be
 * undone step by step. Put it into a child workflow, or the saga into the loop.
 * @module
 */
import type { Duration } from '@runafter/clock';
import type {
  ActionContext,
  ActionOptions,
  ContainerOptions,
  Context,
  Dependency,
  EventType,
  Handle,
  InputsOf,
  NodeOptions,
  Values,
  WaitForOptions,
  Workflow,
} from '@runafter/core';
import type { CompensationOptions } from './compensation.ts';

/** Options of a step: those of an action, and how it is undone. */
export interface StepOptions<T, K, In, X>
  extends ActionOptions<T, K>,
    CompensationOptions<NoInfer<K>, In, X> {
  /**
   * After this step there is only forward: once it has Succeeded nothing of the saga is undone any more.
   * One step of a saga can be the pivot; all others run before or after it, and those after it have no
   * compensation. Until it has Succeeded everything is undone, and it too, if it may have happened.
   */
  readonly pivot?: boolean;
}

/** A saga's body while it is being written. The type parameters are those of `Flow`. */
export interface Saga<In, O, X> {
  /** A step that waits for nothing. */
  step<T, K = Awaited<T>>(
    name: string,
    run: (context: ActionContext<In, X>) => T,
    options: StepOptions<Awaited<T>, K, In, X>,
  ): Handle<O, K>;
  /**
   * A step: an action that can be undone.
   *
   * That it begins is stored before it runs. It is undone when it has Succeeded, and also when it may
   * have happened: Failed, TimedOut or Cancelled after it began, unless what it threw on every attempt is
   * a StepNotDoneError.
   *
   * @param name - unique in the saga, at most 195 characters.
   * @param run - give its `idempotencyKey` to whatever it calls: the compensation gets the same one.
   */
  step<const R extends readonly Dependency<O, unknown>[], T, K = Awaited<T>>(
    name: string,
    runAfter: R,
    run: (values: Values<R>, context: ActionContext<In, X>) => T,
    options: StepOptions<Awaited<T>, K, In, X>,
  ): Handle<O, K>;

  /**
   * Runs another workflow as a step that is undone as a whole. `unknown` is what its compensation gets
   * unless it Succeeded, also when a saga inside it has undone everything.
   */
  child<const R extends readonly Dependency<O, unknown>[], ChildIn, T>(
    name: string,
    runAfter: R,
    workflow: Workflow<ChildIn, T>,
    input: (values: Values<R>, context: Context<In, X>) => ChildIn | Promise<ChildIn>,
    options: ContainerOptions & CompensationOptions<NoInfer<T>, In, X>,
  ): Handle<O, T>;

  /** Waits for a time; there is nothing to undo. */
  delay<const R extends readonly Dependency<O, unknown>[]>(
    name: string,
    runAfter: R,
    duration: Duration | ((values: Values<R>, context: Context<In, X>) => Duration),
    options?: NodeOptions,
  ): Handle<O, void>;

  /** Waits for an event from outside; there is nothing to undo. */
  waitFor<const R extends readonly Dependency<O, unknown>[], P>(
    name: string,
    runAfter: R,
    event: EventType<P>,
    options?: WaitForOptions<R, Context<In, X>>,
  ): Handle<O, P>;
}

/** The inside of saga S; it gets the values of the runAfter list as handles of its own. */
export type SagaBody<In, X, R extends readonly unknown[], T> = <S>(
  saga: Saga<In, S, X>,
  inputs: InputsOf<S, R>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that returns nothing hands over nothing.
) => Dependency<S, T> | void;
