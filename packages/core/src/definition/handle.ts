/**
 * Handles: what the builder gives back for an action, and what a runAfter list is made of.
 *
 * Invariant: a handle belongs to one container. The brand O is a type parameter of the container's
 * body, so a handle of another container does not compile; the builder refuses it too, for JavaScript.
 * @module
 */
import type { Result } from '../result.ts';
import {
  ANY_RUN_AFTER,
  FAILED,
  type RunAfterStatus,
  type StatusBits,
  statusBits,
  TIMED_OUT,
} from '../status.ts';
import { addressIn, type BodyDraft } from './builder/draft.ts';
import type { Source } from './definition.ts';
import { DefinitionError, type DefinitionPlace, HandleError } from './definition-error.ts';
import { showValue } from './rules/show-value.ts';

declare const container: unique symbol;
declare const handed: unique symbol;
declare const output: unique symbol;
declare const detail: unique symbol;

/** Something that a runAfter list can hold in container O, and that hands over a V. */
export interface Dependency<O, V> {
  readonly [container]: (o: O) => O;
  readonly [handed]: V;
}

/**
 * An action, a container or a given value in container O. Listed bare in a runAfter list it means
 * "Succeeded" and hands over its output T; D is what its result has beside that.
 */
export interface Handle<O, T, D = unknown> extends Dependency<O, T> {
  readonly [output]: T;
  readonly [detail]: D;
}

/** A handle listed with the statuses that runAfter accepts: hands over its result. */
export type Conditional<O, T, S extends RunAfterStatus, D = unknown> = Dependency<
  O,
  Result<T, S, D>
>;

/** What a runAfter list hands over: the values, typed, in the order of the list. */
export type Values<R extends readonly unknown[]> = {
  readonly [K in keyof R]: ValueOf<R[K]>;
};

/** What a single entry of a runAfter list hands over. */
// biome-ignore lint/suspicious/noExplicitAny: the brand is invariant, so only any matches every container.
export type ValueOf<D> = D extends Dependency<any, infer V> ? V : never;

/** The same values inside a container's body: handles of that body. */
export type InputsOf<O, R extends readonly unknown[]> = {
  readonly [K in keyof R]: Handle<O, ValueOf<R[K]>>;
};

/** The run-time side of a handle: which body it belongs to and where its value comes from. */
export class HandleReference {
  readonly owner: object;
  readonly source: Source;
  /** For messages: the action's name, or what the value is. */
  readonly label: string;

  constructor(owner: object, source: Source, label: string) {
    this.owner = owner;
    this.source = source;
    this.label = label;
  }
}

/** The run-time side of `on`, `failed` and `settled`. */
export class ConditionalReference {
  readonly handle: HandleReference;
  readonly accepts: StatusBits;

  constructor(handle: HandleReference, accepts: StatusBits) {
    this.handle = handle;
    this.accepts = accepts;
  }
}

/**
 * Runs after `handle` when it ended in one of `statuses`, and hands over its result, a union
 * discriminated by `status`.
 *
 * @param handle - an action or container of the same body.
 * @param statuses - one or more of Succeeded, Failed, Skipped, TimedOut.
 * @throws {DefinitionError} `HANDLE_INVALID`: not the handle of an action; `RUN_AFTER_STATUS`: a
 *   status that cannot be waited for, or none.
 * @example
 * flow.action('Open_Ticket', [on(payment, 'Failed')], ([payment]) => tickets.open(payment.error));
 */
export function on<O, T, D, const S extends readonly [RunAfterStatus, ...RunAfterStatus[]]>(
  handle: Handle<O, T, D>,
  ...statuses: S
): Conditional<O, T, S[number], D> {
  const reference = checkAction('on', handle);
  if (statuses.length === 0) throw statusError(reference, 'on(…) got no status.');
  let accepts = 0;
  for (const status of statuses) {
    const bits = statusBits(status) ?? 0;
    if ((bits & ANY_RUN_AFTER) === 0) {
      throw statusError(reference, `on(…) cannot wait for status ${showValue(status)}.`, status);
    }
    accepts |= bits;
  }
  return conditional(reference, accepts);
}

/**
 * Runs after `handle` when it ended Failed or TimedOut: a handler for Failed alone would miss the
 * time-outs.
 *
 * @throws {HandleError} `HANDLE_INVALID`: not a handle of an action.
 */
export function failed<O, T, D>(
  handle: Handle<O, T, D>,
): Conditional<O, T, 'Failed' | 'TimedOut', D> {
  return conditional(checkAction('failed', handle), FAILED | TIMED_OUT);
}

/**
 * Runs after `handle` however it ended (Succeeded, Failed, Skipped, TimedOut): best effort.
 *
 * @throws {HandleError} `HANDLE_INVALID`: not a handle of an action.
 */
export function settled<O, T, D>(handle: Handle<O, T, D>): Conditional<O, T, RunAfterStatus, D> {
  return conditional(checkAction('settled', handle), ANY_RUN_AFTER);
}

/** The types say more of what it is than the class can. */
function conditional<C>(handle: HandleReference, accepts: StatusBits): C {
  return Object.freeze(new ConditionalReference(handle, accepts)) as C;
}

function checkAction(verb: string, handle: unknown): HandleReference {
  if (handle instanceof ConditionalReference) {
    throw new HandleError(
      `${verb}(…) takes a handle, but got the result of on(), failed() or settled(). ` +
        'List all statuses in one on(…).',
      placeOf(handle.handle),
    );
  }
  if (!(handle instanceof HandleReference)) {
    throw new HandleError(
      `${verb}(…) takes the handle that action(), scope() and the like returned, ` +
        `but got ${showValue(handle)}.`,
      {},
      { value: handle },
    );
  }
  if (handle.source.from === 'sibling') return handle;
  throw new HandleError(
    `${verb}(…) asks how an action ended, but ${handle.label} was handed over and is certain to ` +
      'exist. List it bare.',
    { workflow: (handle.owner as BodyDraft).workflow.name },
  );
}

function statusError(handle: HandleReference, problem: string, value?: unknown): DefinitionError {
  return new DefinitionError(
    'RUN_AFTER_STATUS',
    placeOf(handle),
    `${problem} Use Succeeded, Failed, Skipped or TimedOut.`,
    { value },
  );
}

function placeOf({ owner, label }: HandleReference): DefinitionPlace {
  const body = owner as BodyDraft;
  return { workflow: body.workflow.name, path: addressIn(body, label) };
}
