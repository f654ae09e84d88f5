/**
 * The types of container kinds from outside: a function on `container()` infers as `scope` does.
 * @module
 */
import { describe, expectTypeOf, test } from 'vitest';
import { type ContainerKind, container, setMetadata } from '../../src/container-kind-entry.ts';
import { event } from '../../src/definition/event-type.ts';
import type { ActionContext, ContainerOptions, Flow } from '../../src/definition/flow.ts';
import {
  type Dependency,
  failed,
  type Handle,
  type InputsOf,
  type Values,
} from '../../src/definition/handle.ts';
import { type Workflow, workflow } from '../../src/definition/workflow.ts';

// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
type OutputOf<W> = W extends Workflow<any, infer T> ? T : never;

const sagaKind: ContainerKind<object> = { name: 'saga' };

/** A flow whose actions are steps with a compensation. */
interface Saga<In, O, X> extends Omit<Flow<In, O, X>, 'action'> {
  step<const R extends readonly Dependency<O, unknown>[], T>(
    name: string,
    runAfter: R,
    run: (values: Values<R>, context: ActionContext<In, X>) => T,
    options: { readonly compensate: (done: { readonly outputs: Awaited<T> }) => unknown },
  ): Handle<O, Awaited<T>>;
}

function saga<In, O, X, const R extends readonly Dependency<NoInfer<O>, unknown>[], T = void>(
  flow: Flow<In, O, X>,
  name: string,
  runAfter: R,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that returns nothing hands over nothing.
  body: <S>(saga: Saga<In, S, X>, inputs: InputsOf<S, R>) => Dependency<S, T> | void,
  options: ContainerOptions = {},
): Handle<O, T> {
  return container(
    flow,
    sagaKind,
    name,
    runAfter,
    <S>(inner: Flow<In, S, X>, inputs: InputsOf<S, R>) => body(sagaOn(inner), inputs),
    options,
  );
}

function sagaOn<In, O, X>(flow: Flow<In, O, X>): Saga<In, O, X> {
  return Object.assign(Object.create(flow), {
    step(name: string, runAfter: [], run: () => unknown, options: { compensate: unknown }) {
      const handle = flow.action(name, runAfter, run);
      setMetadata(handle, options.compensate);
      return handle;
    },
  });
}

interface QuorumOptions<V> {
  readonly needed: number | 'majority';
  readonly vote: (value: V) => boolean;
}

interface Decision<V> {
  readonly decision: 'accepted' | 'rejected' | 'tie';
  readonly votes: V[];
}

const quorumKind: ContainerKind<object> = { name: 'quorum', optionNames: ['needed', 'vote'] };

function quorum<In, O, X, const R extends readonly Dependency<NoInfer<O>, unknown>[], V>(
  flow: Flow<In, O, X>,
  name: string,
  runAfter: R,
  options: QuorumOptions<V> & ContainerOptions,
  body: <S>(branches: Flow<In, S, X>, inputs: InputsOf<S, R>) => Record<string, Handle<S, V>>,
): Handle<O, Decision<V>> {
  const inside = <S>(inner: Flow<In, S, X>, inputs: InputsOf<S, R>): void => {
    body(inner, inputs);
  };
  const handle = container(flow, quorumKind, name, runAfter, inside, options);
  return handle as unknown as Handle<O, Decision<V>>;
}

const approval = event<{ ok: boolean; by: string }>('approval');

describe('a container kind from outside', () => {
  test('infers inside a loop, with inputs as handles and the item in the context', () => {
    const monday = workflow('Monday', (flow: Flow<{ hires: { mail: string }[] }>) =>
      flow.forEach(
        'Hires',
        [],
        (_, { input }) => input.hires,
        (each) =>
          saga(each, 'Onboard', [each.item], (saga, [hire]) => {
            const account = saga.step('Account', [hire], async ([hire]) => ({ id: hire.mail }), {
              compensate: ({ outputs }) => outputs.id,
            });
            const licence = saga.step(
              'Licence',
              [account],
              ([account], { item }) => account.id + item.mail,
              { compensate: ({ outputs }) => outputs.length },
            );
            return saga.step(
              'Log',
              [account, licence],
              ([account, licence]) => account.id + licence,
              {
                compensate: () => {},
              },
            );
          }),
        { concurrency: 10 },
      ),
    );
    expectTypeOf<OutputOf<typeof monday>>().toEqualTypeOf<string[]>();
  });

  test('can hand over something else than its body returns', () => {
    const vote = workflow('Vote', (flow: Flow<string[]>) => {
      const count = flow.action('Count', ({ input }) => input.length);
      return quorum(
        flow,
        'Quorum',
        [count],
        { needed: 'majority', vote: (value: { ok: boolean }) => value.ok, timeout: '1d' },
        (branches, [count]) => ({
          rule: branches.action('Rule', [count], ([count]) => ({ ok: count > 1 })),
          boss: branches.waitFor('Boss', [], approval, { timeout: '1d' }),
        }),
      );
    });
    expectTypeOf<OutputOf<typeof vote>>().toEqualTypeOf<Decision<{ ok: boolean }>>();
  });

  test('keeps handles of other containers out', () => {
    workflow('Bad', (flow: Flow<string>) => {
      const stock = flow.action('Stock', ({ input }) => input);
      saga(flow, 'Saga', [stock], (saga) => {
        // @ts-expect-error an outer handle inside the container
        saga.step('Step', [stock], ([stock]) => stock, { compensate: () => {} });
      });
      saga(flow, 'Other', [], (saga) => {
        // @ts-expect-error a saga has steps, not actions
        saga.action('Action', () => 1);
      });
      flow.scope('Scope', [], (scope) => {
        // @ts-expect-error a runAfter list of the flow outside
        saga(scope, 'Inner', [stock], () => {});
      });
      saga(flow, 'Handler', [failed(stock)], (saga, [stock]) => {
        // @ts-expect-error the output of a failed action
        saga.step('Step', [stock], ([stock]) => stock.outputs, { compensate: () => {} });
      });
    });
  });
});
