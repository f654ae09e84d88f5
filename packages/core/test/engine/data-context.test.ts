/**
 * What handlers of the data form read beside look-ups: the state of their round, and nothing of other
 * runs.
 * @module
 */
import { defineWorkflow, type Flow, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('the context of the data form', () => {
  it('has the state of the round in an until, and what the round returned in done', async () => {
    const states: unknown[] = [];
    const flow = defineWorkflow<number>({
      name: 'Rounds',
      output: 'Rounds',
      actions: {
        Rounds: {
          type: 'until',
          initial: ({ input }) => input,
          done: ({ state, index }) => {
            states.push(['done', state, index]);
            return state === 7;
          },
          output: 'Add',
          actions: {
            Add: {
              run: ({ state, index }) => {
                states.push(['Add', state, index]);
                return (state as number) + 1;
              },
            },
          },
        },
      },
    });

    expect(await start(flow, 5).finished).toMatchObject({ outputs: 7 });
    expect(states).toEqual([
      ['Add', 5, 0],
      ['done', 6, 0],
      ['Add', 6, 1],
      ['done', 7, 1],
    ]);
  });

  it('does not reach into the parent of a child workflow', async () => {
    const child = defineWorkflow<undefined>({
      name: 'Child',
      actions: { Look: { run: ({ outputs }) => outputs('Ask') } },
    });
    const flow = workflow('Parent', (flow: Flow<undefined>) => {
      const ask = flow.action('Ask', () => 1);
      flow.child('Sub', [ask], child, () => undefined);
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('Sub/Look')).toMatchObject({ code: 'OUTPUT_NOT_AVAILABLE' });
  });
});
