/**
 * `saga()`: puts a saga into a flow.
 * Read next: saga-flow.ts (what stands in it), saga-kind.ts (what it does).
 * @module
 */
import type { ContainerOptions, Dependency, Flow, Handle, InputsOf } from '@runafter/core';
import { container, setMetadata } from '@runafter/core/container-kind';
import { refuseKind, type SagaOptions } from './check-saga.ts';
import type { Saga, SagaBody } from './saga-flow.ts';
import { sagaKind } from './saga-kind.ts';

/**
 * A group of steps of which all are done in the end, or what was done is undone.
 *
 * When a step fails and nothing handles that (the leaf rule), or the saga is told to stop by a cancel, a
 * terminate or a time-out, its own included: what runs is told to stop and awaited, then everything that
 * may have happened is undone in reverse order of the dependencies. No cancel and no time-out reaches
 * that, and a durable run that is resumed goes on with it.
 *
 * It ends Failed with the step's code when all was undone, Cancelled or TimedOut where it was told to
 * stop; Failed with COMPENSATION_FAILED where something could not be undone; Failed with SAGA_INCOMPLETE
 * where it could not be finished after its pivot. `sagaReport(record)` says which step is what.
 *
 * @param flow - of a workflow or of any container but a saga; in a loop each item has a saga of its own.
 * @param name - unique in its container; no `/`, `[` or `]`.
 * @param runAfter - as of every container; the body gets the values as handles of its own.
 * @param body - writes the steps. What it returns is handed over.
 * @param options.compensationConcurrency - how many compensations run side by side. Default 10.
 * @param options.timeout - for the steps; undoing has the time-outs of the compensations.
 * @throws {DefinitionError} `SAGA_COMPENSATION_MISSING`: a step does not say how it is undone;
 *   `SAGA_CHILD_REFUSED`: something that cannot be undone right; `SAGA_PIVOT_INVALID`; and as `scope`.
 * @example
 * flow.forEach('Hires', [], (_, { input }) => input.hires, (each) =>
 *   saga(each, 'Onboard', [each.item], (saga, [hire]) => {
 *     const account = saga.step('Account', [hire], ([hire], { idempotencyKey }) =>
 *       directory.create(hire, { idempotencyKey }), {
 *       compensate: (done, { step }) =>
 *         'outputs' in done ? directory.remove(done.outputs.id) : directory.removeMadeBy(step.idempotencyKey),
 *     });
 *     return saga.step('Welcome', [account], ([account]) => mail.welcome(account), {
 *       compensate: none('a mail cannot be unsent'),
 *     });
 *   }),
 * );
 */
export function saga<
  In,
  O,
  X,
  const R extends readonly Dependency<NoInfer<O>, unknown>[],
  T = void,
>(
  flow: Flow<In, O, X>,
  name: string,
  runAfter: R,
  body: SagaBody<In, X, R, T>,
  options: SagaOptions & ContainerOptions = {},
): Handle<O, T> {
  if ((flow as object) instanceof SagaBuilder) refuseKind('saga', '', '', name);
  const write = <S>(inner: Flow<In, S, X>, inputs: InputsOf<S, R>) =>
    body(new SagaBuilder(inner as unknown as AnyFlow, name) as unknown as Saga<In, S, X>, inputs);
  // Refused as any other body that is no function.
  const checked = typeof body === 'function' ? write : body;
  return container(flow, sagaKind, name, runAfter, checked as typeof write, options);
}

type Method = (...args: unknown[]) => Handle<unknown, unknown>;

/** The run-time side of a flow, as far as a saga uses it. */
interface AnyFlow {
  readonly action: Method;
  readonly child: Method;
  readonly delay: Method;
  readonly waitFor: Method;
}

/** The run-time side of `Saga`. */
class SagaBuilder {
  readonly #flow: AnyFlow;
  readonly #name: string;

  constructor(flow: AnyFlow, name: string) {
    this.#flow = flow;
    this.#name = name;
  }

  step(name: unknown, ...args: unknown[]): Handle<unknown, unknown> {
    // Without a list and without a second function, what stands first is meant to be the function.
    const hasList = Array.isArray(args[0]) || typeof args[1] === 'function';
    const [runAfter, run, options] = hasList ? args : [[], withoutValues(args[0]), args[1]];
    return this.#undoable(options, (others) => this.#flow.action(name, runAfter, run, others));
  }

  child(
    name: unknown,
    runAfter: unknown,
    workflow: unknown,
    input: unknown,
    options: unknown,
  ): Handle<unknown, unknown> {
    return this.#undoable(options, (others) =>
      this.#flow.child(name, runAfter, workflow, input, others),
    );
  }

  delay(...args: unknown[]): Handle<unknown, unknown> {
    return this.#flow.delay(...args);
  }

  waitFor(...args: unknown[]): Handle<unknown, unknown> {
    return this.#flow.waitFor(...args);
  }

  /** Keeps what the saga needs of the options, and passes the others on. */
  #undoable(
    options: unknown,
    add: (others: unknown) => Handle<unknown, unknown>,
  ): Handle<unknown, unknown> {
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      return add(options);
    }
    const { compensate, pivot, ...others } = { ...options } as Record<string, unknown>;
    const handle = add(others);
    setMetadata(handle, { compensate, pivot });
    return handle;
  }

  action(name: unknown): never {
    return this.#refuse('action', name);
  }

  scope(name: unknown): never {
    return this.#refuse('scope', name);
  }

  forEach(name: unknown): never {
    return this.#refuse('forEach', name);
  }

  condition(name: unknown): never {
    return this.#refuse('condition', name);
  }

  switch(name: unknown): never {
    return this.#refuse('switch', name);
  }

  until(name: unknown): never {
    return this.#refuse('until', name);
  }

  terminate(name: unknown): never {
    return this.#refuse('terminate', name);
  }

  #refuse(kind: string, name: unknown): never {
    return refuseKind(kind, '', this.#name, name);
  }
}

function withoutValues(run: unknown): unknown {
  if (typeof run !== 'function') return run;
  return Object.defineProperty((_: unknown, context: unknown) => run(context), 'name', {
    value: run.name,
  });
}
