/**
 * Look-ups by name in the data form: only what has certainly ended can be asked for.
 * @module
 */
import { type ActionRecord, defineWorkflow, start } from '@runafter/core';
import { describe, expect, it } from 'vitest';

type Definition = Parameters<typeof defineWorkflow<undefined>>[0];
type Actions = Definition['actions'];

const Ask = { run: () => 1 };
const boom = {
  run: () => {
    throw Object.assign(new Error('no paper'), { code: 'NO_PAPER' });
  },
};

async function records(actions: Actions): Promise<Record<string, ActionRecord>> {
  const flow = defineWorkflow<undefined>({ name: 'Look_Up', actions });
  const { results } = await start(flow, undefined).finished;
  return Object.fromEntries(results.map((record) => [record.name, record]));
}

describe('outputs(name)', () => {
  it('is the output of a predecessor, near or far', async () => {
    const { Third } = await records({
      Ask,
      Second: { runAfter: { Ask: ['Succeeded'] }, run: () => 2 },
      Third: {
        runAfter: { Second: ['Succeeded'] },
        run: ({ outputs }) => [outputs('Ask'), outputs('Second')],
      },
    });

    expect(Third?.outputs).toEqual([1, 2]);
  });

  it('reaches out of scopes, branches, loops and rounds, as deep as they are nested', async () => {
    const { Scope } = await records({
      Ask,
      Scope: {
        type: 'scope',
        runAfter: { Ask: ['Succeeded'] },
        output: 'Loop',
        actions: {
          Near: { run: () => 'near' },
          Loop: {
            type: 'forEach',
            runAfter: { Near: ['Succeeded'] },
            items: ({ outputs }) => [outputs('Ask'), outputs('Near')],
            output: 'Check',
            actions: {
              Check: {
                type: 'condition',
                test: ({ item }) => item === 'near',
                then: {
                  output: 'Rounds',
                  actions: {
                    Rounds: {
                      type: 'until',
                      initial: () => 0,
                      done: ({ outputs }) => outputs('Ask') === 1 && outputs('Tell') !== undefined,
                      output: 'Tell',
                      actions: {
                        Tell: {
                          run: ({ outputs, item, index }) =>
                            `${outputs('Ask')} ${outputs('Near')} ${item} ${index}`,
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    });

    expect(Scope?.error).toBeUndefined();
    expect(Scope?.outputs).toEqual([undefined, '1 near near 0']);
  });

  it('passes by a branch that has the name of an action before the switch', async () => {
    const { Size } = await records({
      big: { run: () => 'the action' },
      Size: {
        type: 'switch',
        runAfter: { big: ['Succeeded'] },
        on: () => 'big',
        cases: {
          big: { output: 'Look', actions: { Look: { run: ({ outputs }) => outputs('big') } } },
        },
      },
    });

    expect(Size?.outputs).toBe('the action');
  });

  it('takes the nearest of several actions with one name', async () => {
    const { Scope } = await records({
      Ask,
      Scope: {
        type: 'scope',
        runAfter: { Ask: ['Succeeded'] },
        output: 'Look',
        actions: {
          Ask: { run: () => 'inner' },
          Look: { runAfter: { Ask: ['Succeeded'] }, run: ({ outputs }) => outputs('Ask') },
        },
      },
    });

    expect(Scope?.outputs).toBe('inner');
  });

  it.each<{ what: string; actions: Actions; message: RegExp }>([
    {
      what: 'an action that may still run',
      actions: { Ask, Look: { run: ({ outputs }) => outputs('Ask') } },
      message: /"Ask" does not certainly end before "Look"\. Add "Ask" to its runAfter/,
    },
    {
      what: 'an action that runs later',
      actions: {
        Look: { run: ({ outputs }) => outputs('Ask') },
        Ask: { runAfter: { Look: ['Failed', 'Succeeded'] }, run: () => 1 },
      },
      message: /"Ask" does not certainly end before "Look"/,
    },
    {
      what: 'itself',
      actions: { Look: { run: ({ outputs }) => outputs('Look') } },
      message: /"Look" does not certainly end before "Look"/,
    },
    {
      what: 'a name that does not exist',
      actions: { Look: { run: ({ outputs }) => outputs('Nobody') } },
      message: /no action "Nobody" here or in a container around it/,
    },
    {
      what: 'the inside of a container',
      actions: {
        Scope: { type: 'scope', actions: { Inside: { run: () => 1 } } },
        Look: { runAfter: { Scope: ['Succeeded'] }, run: ({ outputs }) => outputs('Inside') },
      },
      message: /no action "Inside" here.*read its output or results/s,
    },
    {
      what: 'an action that failed',
      actions: {
        Print: boom,
        Look: { runAfter: { Print: ['Failed'] }, run: ({ outputs }) => outputs('Print') },
      },
      message: /outputs\("Print"\) is not there: it ended Failed\. Use result\("Print"\)/,
    },
    {
      what: 'the container that it is in',
      actions: {
        Look: {
          type: 'scope',
          actions: { Inside: { run: ({ outputs }) => outputs('Look') } },
        },
      },
      message: /"Look" does not certainly end before "Look"/,
    },
  ])('of $what is refused with OUTPUT_NOT_AVAILABLE', async ({ actions, message }) => {
    const { Look } = await records(actions);

    expect(Look).toMatchObject({ status: 'Failed', code: 'OUTPUT_NOT_AVAILABLE' });
    expect(Look?.error?.message).toMatch(message);
  });
});

describe('result(name)', () => {
  it('is how a predecessor ended, whatever that was', async () => {
    const { Look } = await records({
      Print: boom,
      Fold: { runAfter: { Print: ['Succeeded'] }, run: () => 1 },
      Look: {
        runAfter: { Print: ['Failed'], Fold: ['Skipped'] },
        run: ({ result }) => {
          const [print, fold] = [result('Print'), result('Fold')];
          return [print.status, print.status !== 'Succeeded' && print.error.code, fold.status];
        },
      },
    });

    expect(Look?.outputs).toEqual(['Failed', 'NO_PAPER', 'Skipped']);
  });

  it('of a container has the first-level records', async () => {
    const { Look } = await records({
      Scope: { type: 'scope', actions: { A: { run: () => 1 }, B: boom } },
      Look: {
        runAfter: { Scope: ['Failed'] },
        run: ({ result }) => result('Scope').results.map(({ name, status }) => `${name} ${status}`),
      },
    });

    expect(Look?.outputs).toEqual(['A Succeeded', 'B Failed']);
  });

  it('of an action that may still run is refused', async () => {
    const { Look } = await records({ Ask, Look: { run: ({ result }) => result('Ask').status } });

    expect(Look).toMatchObject({ status: 'Failed', code: 'OUTPUT_NOT_AVAILABLE' });
  });
});
