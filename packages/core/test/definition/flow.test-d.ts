/**
 * The types of a workflow that is written with handles: what is inferred, and what must not compile.
 * @module
 */
import type { AdaptiveLimiter, Limiter } from '@runafter/clock';
import { describe, expectTypeOf, test } from 'vitest';
import type { BoundedMapOptions } from '../../src/bounded-map.ts';
import { event } from '../../src/definition/event-type.ts';
import type { Flow, ForEachOptions } from '../../src/definition/flow.ts';
import { failed, type Handle, on, settled } from '../../src/definition/handle.ts';
import { type Workflow, workflow } from '../../src/definition/workflow.ts';
import type { ActionError, Iteration, IterationCounts, LoopFailures } from '../../src/result.ts';

/** What a workflow hands over. */
// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
type OutputOf<W> = W extends Workflow<any, infer T> ? T : never;
type InputOf<W> = W extends Workflow<infer In, unknown> ? In : never;

interface Order {
  readonly sku: string;
  readonly to: string;
}

const approval = event<{ ok: boolean; by: string }>('approval');

describe('the order of a shop', () => {
  const fulfil = workflow('Fulfil', (flow: Flow<Order>) => {
    const stock = flow.action('Stock', ({ input }) => ({ sku: input.sku, count: 1 }));
    const crm = flow.action('Crm', [stock], async ([stock]) => ({ id: stock.sku }));
    const teams = flow.action('Teams', [stock], ([stock]) => stock.count, { timeout: '30s' });
    const size = flow.switch('Size', [stock], ([stock]) => (stock.count > 9 ? 'big' : 'small'), {
      big: (branch) => branch.action('Crate', () => 1),
      small: (branch, [stock]) => branch.action('Bag', [stock], ([stock]) => stock.sku),
    });
    const kind = flow.condition('Kind', [stock], ([stock]) => stock.count > 0, {
      then: (branch) => branch.action('Ship', () => 'sent'),
    });
    return flow.action('Close', [crm, size, kind, settled(teams)], ([crm, size, kind, teams]) => ({
      id: crm.id,
      size,
      kind,
      teams: teams.status,
    }));
  });

  test('hands over what its last action returns, inferred through every kind of edge', () => {
    expectTypeOf<OutputOf<typeof fulfil>>().toEqualTypeOf<{
      id: string;
      size: string | number;
      kind: string | undefined;
      teams: 'Succeeded' | 'Failed' | 'TimedOut' | 'Skipped';
    }>();
    expectTypeOf<InputOf<typeof fulfil>>().toEqualTypeOf<Order>();
  });
});

describe('loops', () => {
  interface Department {
    readonly name: string;
    readonly staff: string[];
  }

  test('a nested loop with a wait for approval gets outer items as handles and in its context', () => {
    const nested = workflow('Nested', (flow: Flow<{ departments: Department[] }>) =>
      flow.forEach(
        'Departments',
        [],
        (_, { input }) => input.departments,
        (department) =>
          department.forEach(
            'Staff',
            [department.item],
            ([department]) => department.staff,
            (each, [department]) => {
              const ask = each.action(
                'Ask',
                [department],
                ([department], { item, idempotencyKey }) =>
                  `${department.name}/${item}/${idempotencyKey}`,
              );
              const yes = each.waitFor('Approval', [ask], approval, {
                timeout: '7d',
                correlate: ([key]) => key,
              });
              each.action('Escalate', [failed(yes)], ([yes]) => yes.error.code);
              return each.action('Grant', [ask, yes], ([key, yes]) => ({ key, by: yes.by }));
            },
            { id: (name) => name },
          ),
        { concurrency: 5, key: (department) => department.name },
      ),
    );
    expectTypeOf<OutputOf<typeof nested>>().toEqualTypeOf<{ key: string; by: string }[][]>();
  });

  test('keep decides what a loop hands over', () => {
    const summary = workflow('Summary', (flow: Flow<number[]>) =>
      flow.forEach(
        'Loop',
        [],
        (_, { input }) => input,
        (each) =>
          each.action('Add', [each.item, each.index], ([item, index]) => String(item + index)),
        { keep: 'summary', concurrency: 2 },
      ),
    );
    expectTypeOf<OutputOf<typeof summary>>().toEqualTypeOf<IterationCounts>();

    const failures = workflow('Failures', (flow: Flow<number[]>) =>
      flow.forEach(
        'Loop',
        [],
        (_, { input }) => input,
        (each) => each.action('Show', ({ item }) => String(item)),
        { keep: 'failures' },
      ),
    );
    expectTypeOf<OutputOf<typeof failures>>().toEqualTypeOf<LoopFailures<string, number>>();
  });

  test('settled(loop) has the iterations with their items, outputs and errors', () => {
    workflow('Iterations', (flow: Flow<number[]>) => {
      const loop = flow.forEach(
        'Loop',
        [],
        async (_, { input }) => input,
        (each) => each.action('Show', ({ item }) => String(item)),
      );
      return flow.action('Sum', [settled(loop)], ([loop]) => {
        expectTypeOf(loop.iterations).toEqualTypeOf<readonly Iteration<string, number>[]>();
        return loop.iterations.map((iteration) =>
          iteration.status === 'Succeeded' ? iteration.outputs : iteration.error.code,
        );
      });
    });
  });

  test('concurrency is a number or an adaptive limiter', () => {
    const adaptive = {} as AdaptiveLimiter;
    const loop = workflow('Adaptive', (flow: Flow<number[]>) =>
      flow.forEach(
        'Loop',
        [],
        (_, { input }) => input,
        (each) => each.action('Show', ({ item }) => String(item)),
        { concurrency: adaptive, keep: 'failures' },
      ),
    );
    expectTypeOf<OutputOf<typeof loop>>().toEqualTypeOf<LoopFailures<string, number>>();
    expectTypeOf<ForEachOptions<number>['concurrency']>().toEqualTypeOf<
      number | AdaptiveLimiter | undefined
    >();
    expectTypeOf<BoundedMapOptions['concurrency']>().toEqualTypeOf<
      number | AdaptiveLimiter | undefined
    >();
    // A limiter that says no degree can be the loop's limiter, and not its window.
    expectTypeOf<Limiter>().not.toExtend<NonNullable<ForEachOptions<number>['concurrency']>>();
  });

  test('items may come from an async iterable', () => {
    async function* lines() {
      yield 'one line';
    }
    const read = workflow('Read', (flow: Flow<void>) =>
      flow.forEach('Lines', [], lines, (each) => each.action('Length', ({ item }) => item.length)),
    );
    expectTypeOf<OutputOf<typeof read>>().toEqualTypeOf<number[]>();
  });

  test('an until carries its state from round to round', () => {
    const poll = workflow('Poll', (flow: Flow<number>) =>
      flow.until(
        'Rounds',
        [],
        (_, { input }) => ({ count: input }),
        (round) => round.action('Next', [round.state], ([state]) => ({ count: state.count + 1 })),
        (state, { index }) => state.count > 3 || index > 10,
      ),
    );
    expectTypeOf<OutputOf<typeof poll>>().toEqualTypeOf<{ count: number }>();
  });
});

describe('what bodies hand over', () => {
  test('a scope that returns nothing hands over nothing', () => {
    const quiet = workflow('Quiet', (flow: Flow<string>) => {
      const scope = flow.scope('Scope', [], (scope) => {
        scope.action('Work', () => 1);
      });
      flow.action('After', [scope], ([scope]) => scope);
    });
    expectTypeOf<OutputOf<typeof quiet>>().toEqualTypeOf<void>();
  });

  test('settled(x) can be returned, as a result', () => {
    const result = workflow('Result', (flow: Flow<string>) =>
      settled(flow.action('Work', () => 1)),
    );
    expectTypeOf<OutputOf<typeof result>['status']>().toEqualTypeOf<
      'Succeeded' | 'Failed' | 'Skipped' | 'TimedOut'
    >();
  });

  test('an async select hands over what it resolves with', () => {
    const selected = workflow('Selected', (flow: Flow<void>) =>
      flow.action('Read', () => ({ id: 7 }), { select: async (output) => output.id }),
    );
    expectTypeOf<OutputOf<typeof selected>>().toEqualTypeOf<number>();
  });

  test('select decides the type of the output', () => {
    const selected = workflow('Selected', (flow: Flow<number[]>) => {
      const first = flow.action('First', async () => ({ big: 'x', id: 7 }), {
        select: (output) => output.id,
      });
      return flow.action('Second', [first], async ([id]) => ({ big: 'x', id: String(id) }), {
        select: (output) => output.id,
        timeout: '1s',
      });
    });
    expectTypeOf<OutputOf<typeof selected>>().toEqualTypeOf<string>();
  });

  test('a child hands over what its workflow does, and a switch with default any of its cases', () => {
    const inner = workflow('Inner', (flow: Flow<number>) =>
      flow.action('Half', ({ input }) => ({ half: input / 2 })),
    );
    const outer = workflow('Outer', (flow: Flow<number>) =>
      flow.child('Sub', [], inner, (_, { input }) => input),
    );
    expectTypeOf<OutputOf<typeof outer>>().toEqualTypeOf<{ half: number }>();

    const route = workflow('Route', (flow: Flow<string>) =>
      flow.switch('Case', [], (_, { input }) => input, {
        a: (branch) => branch.action('A', () => 1),
        default: (branch) => branch.action('Other', () => 'z'),
      }),
    );
    expectTypeOf<OutputOf<typeof route>>().toEqualTypeOf<string | number>();

    const known = workflow('Known', (flow: Flow<boolean>) =>
      flow.switch('Case', [], async (_, { input }) => (input ? 'yes' : 'no'), {
        yes: (branch) => branch.action('A', () => 1),
        no: (branch) => branch.action('B', () => 'z'),
      }),
    );
    expectTypeOf<OutputOf<typeof known>>().toEqualTypeOf<string | number>();
  });

  test('a helper can take any flow and a handle of it', () => {
    function notify<In, O, X>(flow: Flow<In, O, X>, to: Handle<O, string>) {
      return flow.action('Notify', [to], ([to]) => to.length);
    }
    const helped = workflow('Helped', (flow: Flow<string>) =>
      notify(
        flow,
        flow.action('To', ({ input }) => input),
      ),
    );
    expectTypeOf<OutputOf<typeof helped>>().toEqualTypeOf<number>();
  });
});

describe('conditions on handles', () => {
  test('narrow the result to the statuses that were asked for', () => {
    workflow('Narrow', (flow: Flow<string>) => {
      const work = flow.action('Work', () => 1);
      flow.action('OnFailed', [on(work, 'Failed')], ([work]) => {
        expectTypeOf(work.status).toEqualTypeOf<'Failed'>();
        expectTypeOf(work.error).toEqualTypeOf<ActionError>();
      });
      flow.action('OnBoth', [on(work, 'Succeeded', 'Skipped')], ([work]) => {
        expectTypeOf(work.status).toEqualTypeOf<'Succeeded' | 'Skipped'>();
        if (work.status === 'Succeeded') expectTypeOf(work.outputs).toEqualTypeOf<number>();
      });
      flow.action('OnFailedToo', [failed(work)], ([work]) => {
        expectTypeOf(work.status).toEqualTypeOf<'Failed' | 'TimedOut'>();
      });
    });
  });
});

describe('what must not compile', () => {
  test('in a body', () => {
    workflow('Bad', (flow: Flow<string>) => {
      const stock = flow.action('Stock', ({ input }) => input);
      // @ts-expect-error a name without a case, and no default
      flow.switch('Switch', [], (_, { input }) => input, {
        a: (branch) => branch.action('A', () => 1),
      });
      // @ts-expect-error a name that is known and has no case
      flow.switch('Size', [], () => (Math.random() > 0.5 ? 'big' : 'small'), {
        big: (branch) => branch.action('A', () => 1),
      });
      // @ts-expect-error an outer handle inside a scope
      flow.scope('Scope', [stock], (scope) => scope.action('Inner', [stock], ([stock]) => stock));
      // @ts-expect-error an item outside a loop
      flow.action('Item', [stock], ([stock], { item }) => [stock, item]);
      // @ts-expect-error an index outside a loop
      flow.action('Index', ({ index }) => index);
      // @ts-expect-error the output of an action that may have failed
      flow.action('Output', [settled(stock)], ([stock]) => stock.outputs);
      // @ts-expect-error a handle where a list of handles belongs
      flow.action('Handle', stock, () => 1);
      // @ts-expect-error terminate in no status that a run can end in
      flow.terminate('Stop', [], 'Skipped');
      // @ts-expect-error Cancelled cannot be waited for
      on(stock, 'Cancelled');
      // @ts-expect-error settled() of settled()
      settled(settled(stock));
      // @ts-expect-error an option that does not exist
      flow.action('Option', () => 1, { retries: 3 });
      // @ts-expect-error a duration without a unit
      flow.action('Duration', () => 1, { timeout: '30' });
      // @ts-expect-error a terminate hands nothing over
      flow.action('After', [flow.terminate('End', [], 'Failed')], () => 1);
      // @ts-expect-error the output of a failed action
      return flow.action('Last', [failed(stock)], ([stock]) => stock.outputs);
    });
  });

  test('around a body', () => {
    // @ts-expect-error an asynchronous body
    workflow('Async', async (flow: Flow<string>) => flow.action('A', () => 1));
    // @ts-expect-error a value in place of a handle
    workflow('Value', (_flow: Flow<string>) => 42);
    const inner = workflow('Inner', (flow: Flow<number>) => flow.action('A', ({ input }) => input));
    workflow('Outer', (flow: Flow<string>) =>
      // @ts-expect-error an input of another type than the child takes
      flow.child('Sub', [], inner, (_, { input }) => input),
    );
  });
});
