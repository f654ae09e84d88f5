/** What infers in a saga, and what must not compile. */
import type { Context, Flow, LoopContext, ValueOf, Workflow } from '@runafter/core';
import { event, failed, settled, workflow } from '@runafter/core';
import { describe, expectTypeOf, test } from 'vitest';
import {
  type CompensationContext,
  type Done,
  none,
  type SagaReport,
  saga,
  sagaReport,
  sagaReports,
} from '../src/index.ts';

interface Hire {
  readonly mail: string;
}
interface Input {
  readonly hires: readonly Hire[];
}

describe('a saga', () => {
  test('in a loop infers outputs, items and what is undone', () => {
    const monday = workflow('Monday', (flow: Flow<Input>) =>
      flow.forEach(
        'Hires',
        [],
        (_, { input }) => input.hires,
        (each) =>
          saga(each, 'Onboard', [each.item], (saga, [hire]) => {
            expectTypeOf<ValueOf<typeof hire>>().toEqualTypeOf<Hire>();
            const account = saga.step('Account', [hire], async ([{ mail }]) => ({ id: mail }), {
              compensate: (done, context) => {
                expectTypeOf(done).toEqualTypeOf<Done<{ id: string }>>();
                expectTypeOf(context).toEqualTypeOf<
                  CompensationContext<Input, LoopContext<Hire>>
                >();
                expectTypeOf(context.item).toEqualTypeOf<Hire>();
                expectTypeOf(context.index).toBeNumber();
                expectTypeOf(context.input).toEqualTypeOf<Input>();
                return 'outputs' in done ? done.outputs.id : done.unknown;
              },
            });
            const licence = saga.step(
              'Licence',
              [account, settled(account)],
              ([{ id }, result], { item, signal }) => {
                expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
                expectTypeOf(result.status).toEqualTypeOf<
                  'Succeeded' | 'Failed' | 'Skipped' | 'TimedOut'
                >();
                return id + item.mail;
              },
              { compensate: { run: (done) => done, timeout: '1m' }, retry: { type: 'none' } },
            );
            return saga.step('Log', [licence], ([text]) => text.length, {
              compensate: none('logs stay'),
              pivot: true,
            });
          }),
        { concurrency: 10 },
      ),
    );
    expectTypeOf(monday).toEqualTypeOf<Workflow<Input, number[]>>();
  });

  test('outside a loop has no item', () => {
    workflow('W', (flow: Flow<Input>) => {
      saga(flow, 'S', [], (saga) => {
        saga.step('A', ({ input }) => input.hires.length, {
          compensate: (done, context) => {
            expectTypeOf(done).toEqualTypeOf<Done<number>>();
            // @ts-expect-error there is no loop
            context.item;
          },
        });
      });
    });
  });

  test('hands a compensation what select has left', () => {
    workflow('W', (flow) => {
      saga(flow, 'S', [], (saga) => {
        const a = saga.step('A', () => ({ id: 1, more: 'x' }), {
          select: ({ id }) => id,
          compensate: (done) => expectTypeOf(done).toEqualTypeOf<Done<number>>(),
        });
        expectTypeOf<ValueOf<typeof a>>().toEqualTypeOf<number>();
      });
    });
  });

  test('waits, and runs child workflows, with what they hand over', () => {
    const child = workflow('C', (flow: Flow<number>) => flow.action('A', () => 'text'));
    workflow('W', (flow: Flow<Input>) =>
      saga(flow, 'S', [], (saga) => {
        const pause = saga.delay('Pause', [], '1m');
        const yes = saga.waitFor('Yes', [pause], event<{ by: string }>('yes'), { timeout: '7d' });
        return saga.child(
          'C',
          [yes],
          child,
          ([{ by }], { input }) => by.length + input.hires.length,
          {
            compensate: (done) => expectTypeOf(done).toEqualTypeOf<Done<string>>(),
          },
        );
      }),
    );
  });

  test('takes a compensation that was written elsewhere', () => {
    const remove = async (done: Done<{ id: string }>, context: Context<unknown, unknown>) => {
      void context;
      if ('outputs' in done) await Promise.resolve(done.outputs.id);
    };
    workflow('W', (flow) => {
      saga(flow, 'S', [], (saga) => {
        saga.step('A', () => ({ id: 'a', name: 'b' }), { compensate: remove });
        // @ts-expect-error it undoes something else
        saga.step('B', () => ({ id: 1 }), { compensate: remove });
      });
    });
  });
});

describe('what does not compile', () => {
  test('a step that does not say how it is undone', () => {
    workflow('W', (flow) => {
      saga(flow, 'S', [], (saga) => {
        // @ts-expect-error no options
        saga.step('A', [], () => 1);
        // @ts-expect-error no compensation
        saga.step('B', [], () => 1, { timeout: '1m' });
        // @ts-expect-error undefined says nothing
        saga.step('C', [], () => 1, { compensate: undefined });
        // @ts-expect-error a reason is needed
        saga.step('D', [], () => 1, { compensate: none() });
        // @ts-expect-error an unknown option
        saga.step('E', [], () => 1, { compensate: none('x'), timeOut: '1m' });
        // @ts-expect-error a child workflow has effects too
        saga.child(
          'F',
          [],
          workflow('C', () => {}),
          () => undefined,
        );
      });
    });
  });

  test('what a saga could not undo', () => {
    workflow('W', (flow) => {
      saga(flow, 'S', [], (inner) => {
        // @ts-expect-error no plain action
        inner.action('A', () => 1);
        // @ts-expect-error no loop
        inner.forEach;
        // @ts-expect-error no terminate
        inner.terminate;
        // @ts-expect-error no saga in a saga
        saga(inner, 'Inner', [], () => {});
      });
    });
  });

  test('handles of another container, and outputs that may not exist', () => {
    workflow('W', (flow) => {
      const outer = flow.action('Outer', () => 1);
      const done = saga(flow, 'S', [outer], (saga, [value]) => {
        // @ts-expect-error an outer handle inside
        saga.step('A', [outer], ([n]) => n, { compensate: none('x') });
        const b = saga.step('B', [value], ([n]) => n + 1, { compensate: none('x') });
        // @ts-expect-error the output of a failed step
        saga.step('C', [failed(b)], ([result]) => result.outputs, { compensate: none('x') });
        return b;
      });
      expectTypeOf<ValueOf<typeof done>>().toEqualTypeOf<number>();
      // @ts-expect-error the handle of another container
      saga(flow, 'T', [], (saga) => saga.step('D', [done], ([n]) => n, { compensate: none('x') }));
    });
  });
});

test('reports come one by one, and of what an edge hands over', () => {
  expectTypeOf(sagaReports({ results: [] })).toExtend<Iterable<SagaReport>>();
  workflow('W', (flow) => {
    const done = saga(flow, 'S', [], () => {});
    flow.action('Tell', [settled(done), failed(done)], ([any, bad]) => {
      expectTypeOf(sagaReport(any)).toEqualTypeOf<SagaReport>();
      return sagaReport(bad).code;
    });
  });
});
