/**
 * The types of a workflow as data: what its functions get, and what must not compile.
 * @module
 */
import { describe, expectTypeOf, test } from 'vitest';
import type { DataActions } from '../../src/definition/data-form/data-definition.ts';
import { defineWorkflow } from '../../src/definition/data-form/define-workflow.ts';
import { event } from '../../src/definition/event-type.ts';
import { workflow } from '../../src/definition/workflow.ts';
import type { Result } from '../../src/result.ts';
import type { Status } from '../../src/status.ts';

const child = workflow('Child', () => {});

describe('a workflow as data', () => {
  test('has typed contexts for its functions, without a type written at any of them', () => {
    const defined = defineWorkflow<{ customer: string }, string>({
      name: 'Orders',
      timeout: '1h',
      actions: {
        Stock: {
          run: ({ input, signal, attempt }) => {
            expectTypeOf(input.customer).toEqualTypeOf<string>();
            expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
            expectTypeOf(attempt).toEqualTypeOf<number>();
          },
        },
        Mail: {
          type: 'Action',
          runAfter: { Stock: ['SUCCEEDED', 'Failed', 'timedout'] },
          run: ({ outputs, result }) => {
            expectTypeOf(outputs('Stock')).toEqualTypeOf<unknown>();
            expectTypeOf(outputs<number>('Stock')).toEqualTypeOf<number>();
            expectTypeOf(result<number>('Stock')).toEqualTypeOf<Result<number, Status>>();
          },
          select: (output: { id: number }) => output.id,
          retry: { type: 'fixed', count: 2, interval: '1s' },
        },
        Each: {
          type: 'Foreach',
          items: ({ input }) => [input.customer],
          key: (item: string) => item,
          actions: { Inner: { run: ({ item, index }) => [item, index] } },
          output: 'Inner',
          keep: 'failures',
        },
        Paid: {
          type: 'If',
          test: async ({ input }) => input.customer !== '',
          then: { actions: {}, output: { settled: 'Ship' } },
        },
        Route: {
          type: 'Switch',
          on: ({ input }) => input.customer,
          cases: { big: { actions: {} } },
          default: { actions: {} },
        },
        Poll: { type: 'until', actions: {}, done: ({ state }) => state === 1, onLimit: 'succeed' },
        Sub: { type: 'Workflow', workflow: child, input: () => undefined },
        Pause: { type: 'Wait', duration: '2m' },
        Approval: { type: 'waitFor', event: event<{ ok: boolean }>('approval'), timeout: '7d' },
        Stop: { type: 'Terminate', status: 'CANCELLED', code: 'NO_STOCK' },
      },
      output: 'Mail',
    });
    expectTypeOf(defined.name).toEqualTypeOf<string>();
  });

  test('can be put together from parts', () => {
    const notify: DataActions<string> = { Mail: { run: ({ input }) => input.length } };
    defineWorkflow<string>({
      name: 'Notify',
      actions: { All: { type: 'scope', actions: notify } },
    });
  });

  test('does not compile with what does not exist', () => {
    const run = () => 1;
    // @ts-expect-error an option that does not exist
    defineWorkflow({ name: 'Bad', actions: { Mail: { runafter: {}, run } } });
    // @ts-expect-error a status that cannot be waited for
    defineWorkflow({ name: 'Bad', actions: { Mail: { runAfter: { A: ['Cancelled'] }, run } } });
    // @ts-expect-error a type that does not exist
    defineWorkflow({ name: 'Bad', actions: { Mail: { type: 'Compose', run } } });
    // @ts-expect-error an action without a function
    defineWorkflow({ name: 'Bad', actions: { Mail: { runAfter: {} } } });
    // @ts-expect-error actions without a name for the workflow
    defineWorkflow({ actions: {} });
  });
});
