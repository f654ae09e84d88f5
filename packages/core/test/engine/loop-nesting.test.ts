/**
 * Loops in loops: handles of the outer item reach the inner loop, which runs one by one unless told
 * otherwise.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

interface Department {
  readonly name: string;
  readonly staff: readonly string[];
}

const departments: readonly Department[] = [
  { name: 'Sales', staff: ['Ann', 'Bob'] },
  { name: 'Legal', staff: ['Cid'] },
];

describe('a loop in a loop', () => {
  it('gets the outer item and index as handles, and has its own in the context', async () => {
    const flow = workflow('Staff', (flow: Flow<readonly Department[]>) =>
      flow.forEach(
        'Departments',
        [],
        (_, { input }) => input,
        (department) =>
          department.forEach(
            'Staff',
            [department.item, department.index],
            ([department]) => department.staff,
            (each, [department, position]) =>
              each.action(
                'Greet',
                [department, position, each.item, each.index],
                ([department, position, name, index], context) => {
                  const own = context.item === name && context.index === index;
                  return `${department.name} ${position}: ${name} ${index}, ${own}`;
                },
              ),
          ),
      ),
    );

    const result = await start(flow, departments).finished;

    expect(result).toMatchObject({
      outputs: [['Sales 0: Ann 0, true', 'Sales 0: Bob 1, true'], ['Legal 1: Cid 0, true']],
    });
  });

  it('has paths and records by the indexes of both', async () => {
    const flow = workflow('Staff', (flow) => {
      flow.forEach(
        'Outer',
        [],
        () => ['a', 'b'],
        (outer) => {
          outer.forEach(
            'Inner',
            [],
            () => [1, 2],
            (inner) => {
              inner.action('Work', ({ path }) => path);
            },
          );
        },
      );
    });

    const run = start(flow, undefined, { runId: 'r' });
    await run.finished;

    expect(run.result('Outer[1]/Inner[0]/Work')).toMatchObject({
      outputs: 'Outer[1]/Inner[0]/Work',
      trackingId: 'r/Outer[1]/Inner[0]/Work',
    });
    expect(run.result('Outer[1]/Inner')?.counts).toMatchObject({ total: 2 });
    expect(run.result('Outer[1]')).toBeUndefined();
  });

  it('is sequential unless it says otherwise, also when the outer one is not', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const most: Record<string, number> = {};
    const flow = workflow('Nested', (flow) => {
      for (const [name, window] of [
        ['Alone', {}],
        ['Together', { concurrency: 2 }],
      ] as const) {
        let atWork = 0;
        flow.scope(name, [], (scope) => {
          scope.forEach(
            'Outer',
            [],
            () => [1, 2, 3],
            (outer) => {
              outer.forEach(
                'Inner',
                [],
                () => [1, 2, 3, 4],
                (inner) => {
                  inner.action('Work', async () => {
                    most[name] = Math.max(most[name] ?? 0, ++atWork);
                    await clock.sleep('1s');
                    atWork--;
                  });
                },
                window,
              );
            },
            { concurrency: 3 },
          );
        });
      }
    });

    expect((await start(flow, undefined, { clock }).finished).status).toBe('Succeeded');
    expect(most).toEqual({ Alone: 3, Together: 6 });
  });

  it('that is empty, or fails, counts as one iteration of the outer loop', async () => {
    const flow = workflow('Nested', (flow) => {
      flow.forEach(
        'Outer',
        [],
        () => [0, 1, 2],
        (outer) => {
          outer.forEach(
            'Inner',
            [outer.item],
            ([count]) => Array.from({ length: count }),
            (inner) => {
              inner.action('Work', ({ index }) => {
                if (index === 1) throw new Error('one too many');
              });
            },
          );
        },
      );
    });

    const { results } = await start(flow, undefined).finished;

    expect(results[0]?.counts).toMatchObject({ total: 3, Succeeded: 2, Failed: 1 });
    expect(results[0]?.error?.message).toContain('"Outer[2]/Inner[1]/Work" ended Failed');
  });

  it('takes a value from outside both loops when it is passed on', async () => {
    const flow = workflow('Rates', (flow) => {
      const rate = flow.action('Rate', () => 2);
      return flow.forEach(
        'Outer',
        [rate],
        ([rate]) => [rate, rate + 1],
        (outer, [rate]) =>
          outer.forEach(
            'Inner',
            [outer.item, rate],
            ([item]) => [item],
            (inner, [, rate]) =>
              inner.action('Times', [inner.item, rate], ([item, rate]) => item * rate),
          ),
      );
    });

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: [[4], [6]] });
  });
});
