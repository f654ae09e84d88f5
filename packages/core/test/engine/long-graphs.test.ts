/**
 * Graphs that are long, wide or deep: no stack overflows, and nothing is looked at twice.
 * @module
 */
import { type Flow, type Handle, type Root, start, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

type Work = (value: number) => number | Promise<number>;

const works: { readonly kind: string; readonly work: Work }[] = [
  { kind: 'sync', work: (value) => value + 1 },
  { kind: 'async', work: async (value) => value + 1 },
];

function chain(length: number, work: Work): Workflow<number, number> {
  return workflow('Chain', (flow: Flow<number>) => {
    let last: Handle<Root, number> = flow.action('A0', ({ input }) => work(input));
    for (let index = 1; index < length; index++) {
      last = flow.action(`A${index}`, [last], ([value]) => work(value));
    }
    return last;
  });
}

function fan(width: number, work: Work): Workflow<number, number> {
  return workflow('Fan', (flow: Flow<number>) => {
    const first = flow.action('First', ({ input }) => work(input));
    const middle = Array.from({ length: width }, (_, index) =>
      flow.action(`M${index}`, [first], ([value]) => work(value)),
    );
    return flow.action('Last', middle, (values) => values.reduce((sum, value) => sum + value, 0));
  });
}

describe.each(works)('with $kind handlers', ({ work }) => {
  it('a chain of 100,000 actions runs to its end', async () => {
    const result = await start(chain(100_000, work), 0).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 100_000 });
    expect(result.usage).toMatchObject({ executed: 100_000, attempts: 100_000 });
  }, 30_000);

  it('one action, 10,000 side by side, and one again run to their end', async () => {
    expect(await start(fan(10_000, work), 0).finished).toMatchObject({ outputs: 20_000 });
  });

  it('50 scopes in each other hand over what the innermost returns', async () => {
    const flow = workflow('Deep', (flow: Flow<number>) => {
      const first = flow.action('First', ({ input }) => work(input));
      return nested(flow, first, 50, work);
    });
    const run = start(flow, 0);

    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: 51 });
    const path = Array.from({ length: 50 }, (_, level) => `Level_${50 - level}`).join('/');
    expect(run.result(`${path}/Work`)).toMatchObject({ outputs: 51 });
  });
});

/** `depth` scopes in each other, each with an action that hands its value to the next level. */
function nested<In, O>(
  flow: Flow<In, O>,
  value: Handle<O, number>,
  depth: number,
  work: Work,
): Handle<O, number> {
  return flow.scope(`Level_${depth}`, [value], (scope, [value]) => {
    const next = scope.action('Work', [value], ([value]) => work(value));
    return depth === 1 ? next : nested(scope, next, depth - 1, work);
  });
}

describe('a failure', () => {
  it('at the top of a chain of 100,000 skips all of it, and why() goes all the way up', async () => {
    const flow = workflow('Chain', (flow) => {
      let last: Handle<Root, number> = flow.action('A0', (): number => {
        throw new Error('no');
      });
      for (let index = 1; index < 100_000; index++) {
        last = flow.action(`A${index}`, [last], ([value]) => value);
      }
    });
    const run = start(flow, undefined);
    const { status, usage } = await run.finished;

    expect(status).toBe('Failed');
    expect(usage).toMatchObject({ executed: 1, skipped: 99_999 });
    expect(run.why().chain).toHaveLength(100_000);
    expect(run.why().chain.at(-1)).toMatchObject({ path: 'A0', status: 'Failed' });
    expect(run.why().text.split('\n')).toHaveLength(1 + 10 + 1 + 10);
    expect(run.why().text).toMatch(/leaf "A99999".*99980 steps more.*"A0" ended Failed: no$/s);
  }, 30_000);

  it('in the innermost of 50 scopes is named by all of them', async () => {
    const flow = workflow('Deep', (flow: Flow<number>) => {
      const first = flow.action('First', ({ input }) => input);
      nested(flow, first, 50, (value) => {
        if (value === 49) throw Object.assign(new Error('too deep'), { code: 'TOO_DEEP' });
        return value + 1;
      });
    });
    const run = start(flow, 0);
    const { results } = await run.finished;

    expect(results[1]).toMatchObject({ name: 'Level_50', status: 'Failed', code: 'TOO_DEEP' });
    expect(results[1]?.error?.message).toMatch(/Level_1\/Work" ended Failed: too deep$/);
    expect(run.why().chain).toHaveLength(51);
  });
});

describe('containers in a long chain', () => {
  it('that have nothing to wait for do not deepen the stack', async () => {
    const flow = workflow('Scopes', (flow) => {
      let last: Handle<Root, void> = flow.scope('S0', [], () => {});
      for (let index = 1; index < 20_000; index++) last = flow.scope(`S${index}`, [last], () => {});
    });

    const { status, results } = await start(flow, undefined).finished;

    expect(status).toBe('Succeeded');
    expect(results).toHaveLength(20_000);
  });
});
