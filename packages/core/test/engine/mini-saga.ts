/**
 * A saga in its smallest form, to see that the extension point suffices for one: steps that are undone
 * in reverse order of their dependencies when one of them fails or the run is stopped.
 * @module
 */
import { type Duration, fixed } from '@runafter/clock';
import {
  type BodyOf,
  type ContainerOptions,
  DefinitionError,
  type Dependency,
  type Flow,
  type Handle,
} from '@runafter/core';
import {
  type Child,
  type Container,
  type ContainerKind,
  container,
  type ShieldedContext,
  setMetadata,
  type Verdict,
} from '@runafter/core/container-kind';

/** What is known of a step that is to be undone: its outputs, or that it may have happened. */
type Done = { readonly outputs: unknown } | { readonly unknown: true };

type Compensate = (done: Done, context: ShieldedContext & { readonly stepKey: string }) => unknown;

interface SagaOptions {
  /** How long one attempt to undo a step may take. */
  readonly undoTimeout?: Duration;
}

/** Names of the steps that may have happened, noted before they start. */
type Begun = readonly string[];

const sagaKind: ContainerKind<SagaOptions, Begun> = {
  name: 'mini-saga',
  optionNames: ['undoTimeout'],
  check({ workflow, path, children }) {
    const silent = children.find(({ metadata }) => metadata === undefined);
    if (silent === undefined) return;
    const problem = `its step "${silent.name}" does not say how it is undone. Use undoneBy(…).`;
    throw new DefinitionError('OPTION_INVALID', { workflow, path }, problem);
  },
  initialState: () => [],
  childStarting: (saga, step) => saga.saveState([...saga.state, step.name]),
  async finish(saga) {
    if (saga.stopped === undefined && saga.leafStatus === 'Succeeded') return undefined;
    return verdictOn(saga, await new Undoing(saga).all());
  },
};

class Undoing {
  readonly #saga: Container<SagaOptions, Begun>;
  readonly #steps: ReadonlyMap<string, Child>;
  readonly #undone = new Map<string, Promise<string[]>>();

  constructor(saga: Container<SagaOptions, Begun>) {
    this.#saga = saga;
    this.#steps = new Map(saga.children.map((step) => [step.name, step]));
  }

  /** Undoes everything that may have happened; resolves with the steps that could not be undone. */
  async all(): Promise<string[]> {
    const failed = await Promise.all([...this.#steps.keys()].map((name) => this.#undo(name)));
    return failed.flat();
  }

  #undo(name: string): Promise<string[]> {
    const undone = this.#undone.get(name) ?? this.#undoAfterSuccessors(name);
    this.#undone.set(name, undone);
    return undone;
  }

  async #undoAfterSuccessors(name: string): Promise<string[]> {
    const step = this.#steps.get(name) as Child;
    await Promise.all(step.successors.map((successor) => this.#undo(successor)));
    const { state, options } = this.#saga;
    if (!state.includes(name) || step.record?.status === 'Skipped') return [];
    const done: Done =
      step.record?.status === 'Succeeded' ? { outputs: step.outputs } : { unknown: true };
    const { status } = await this.#saga.perform(
      `Undo_${name}`,
      (context) =>
        (step.metadata as Compensate)(done, { ...context, stepKey: step.idempotencyKey }),
      { retry: fixed({ count: 2, interval: '10s' }), timeout: options.undoTimeout ?? '5m' },
    );
    return status === 'Succeeded' ? [] : [name];
  }
}

function verdictOn(saga: Container<SagaOptions, Begun>, notUndone: readonly string[]): Verdict {
  if (notUndone.length > 0) {
    const message = `Could not be undone: ${notUndone.join(', ')}.`;
    return { status: 'Failed', code: 'COMPENSATION_FAILED', message };
  }
  const status = saga.stopped?.status ?? 'Failed';
  return { status, code: 'COMPENSATED', message: 'What had happened was undone.' };
}

/** Adds a saga to a flow. */
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
  body: BodyOf<In, X, R, T>,
  options: SagaOptions & ContainerOptions = {},
): Handle<O, T> {
  return container(flow, sagaKind, name, runAfter, body, options);
}

/** Says how a step of a saga is undone. */
export function undoneBy<O, T>(step: Handle<O, T>, compensate: Compensate): Handle<O, T> {
  setMetadata(step, compensate);
  return step;
}
