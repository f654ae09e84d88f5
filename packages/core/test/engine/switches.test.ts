/**
 * Switches: the case that is named runs; no name may fall through unnoticed.
 * @module
 */
import { defineWorkflow, type Flow, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';
import { thenable } from './thenable.ts';

type Choice = string | Promise<string>;

const parcel = workflow('Parcel', (flow: Flow<Choice>) =>
  flow.switch('Size', [], (_, { input }) => input, {
    big: (branch) => branch.action('Crate', () => 'in a crate'),
    small: (branch) => branch.action('Bag', () => 'in a bag'),
    default: (branch) => branch.action('Ask', () => 'who knows'),
  }),
);

describe('a switch', () => {
  it.each<{ how: string; choice: () => Choice }>([
    { how: 'at once', choice: () => 'small' },
    { how: 'with a promise', choice: async () => 'small' },
    { how: 'with something else to await', choice: () => thenable('small') },
  ])('runs the case that was chosen $how and hands over its output', async ({ choice }) => {
    const result = await start(parcel, choice()).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 'in a bag' });
    expect(outline(result.results)).toEqual({
      Size: 'Succeeded',
      'Size/big': 'Skipped BRANCH_NOT_TAKEN',
      'Size/big/Crate': 'Skipped PARENT_SKIPPED',
      'Size/small': 'Succeeded',
      'Size/small/Bag': 'Succeeded',
      'Size/default': 'Skipped BRANCH_NOT_TAKEN',
      'Size/default/Ask': 'Skipped PARENT_SKIPPED',
    });
  });

  it.each(['huge', '', 'toString', '__proto__', 'default'])(
    'takes default for %j, which is no case',
    async (choice) => {
      expect(await start(parcel, choice).finished).toMatchObject({ outputs: 'who knows' });
    },
  );

  it.each<{ chosen: unknown; name: string }>([
    { chosen: 1, name: '1' },
    { chosen: 1n, name: '1' },
    { chosen: true, name: 'true' },
  ])('takes the case $name for $chosen, which is no text', async ({ chosen, name }) => {
    const flow = defineWorkflow({
      name: 'Parcel',
      actions: {
        Size: {
          type: 'switch',
          on: () => chosen as string,
          cases: { [name]: { actions: { Crate: { run: () => 1 } }, output: 'Crate' } },
        },
      },
      output: 'Size',
    });

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: 1 });
  });

  it.each<{ chosen: unknown; shown: string }>([
    { chosen: 7n, shown: '7n' },
    { chosen: undefined, shown: 'undefined' },
    { chosen: { pin: 1234 }, shown: 'an object' },
  ])('names what it chose in place of a case: $shown', async ({ chosen, shown }) => {
    const flow = workflow('Parcel', (flow: Flow<void>) =>
      flow.switch('Size', [], () => chosen as 'big', {
        big: (branch) => branch.action('Crate', () => 1),
      }),
    );

    const [record] = (await start(flow, undefined).finished).results;

    expect(record?.error).toMatchObject({
      code: 'SWITCH_CASE_MISSING',
      message: `"Size" chose ${shown}, but has only the cases big. Add the case, or a default.`,
    });
  });

  it('without default is Failed for a name that is no case, and lists the cases', async () => {
    const sizes = { big: 'big', small: 'small' } as const;
    const flow = workflow('Parcel', (flow: Flow<keyof typeof sizes>) =>
      flow.switch('Size', [], (_, { input }) => sizes[input], {
        big: (branch) => branch.action('Crate', () => 1),
        small: (branch) => branch.action('Bag', () => 2),
      }),
    );

    const { status, results } = await start(flow, 'huge' as 'big').finished;

    expect(status).toBe('Failed');
    expect(outline(results)).toEqual({
      Size: 'Failed SWITCH_CASE_MISSING',
      'Size/big': 'Skipped BRANCH_NOT_TAKEN',
      'Size/big/Crate': 'Skipped PARENT_SKIPPED',
      'Size/small': 'Skipped BRANCH_NOT_TAKEN',
      'Size/small/Bag': 'Skipped PARENT_SKIPPED',
    });
    expect(results[0]?.error?.message).toMatch(/"Size" chose undefined.*big, small/);
  });

  it('is Failed with what its function throws, and runs no case', async () => {
    const flow = workflow('Parcel', (flow) => {
      flow.switch(
        'Size',
        [],
        (): string => {
          throw new TypeError('no size');
        },
        { default: (branch) => branch.action('Ask', () => 1) },
      );
    });

    const { status, results } = await start(flow, undefined).finished;

    expect(status).toBe('Failed');
    expect(results[0]?.error).toMatchObject({ message: 'no size' });
    expect(outline(results)).toMatchObject({ 'Size/default': 'Skipped BRANCH_NOT_TAKEN' });
  });

  it('in the data form does nothing for a name that is no case, as on the platform', async () => {
    const flow = defineWorkflow({
      name: 'Parcel',
      actions: {
        Size: {
          type: 'switch',
          on: () => 'huge',
          cases: { big: { actions: { Crate: { run: () => 1 } } } },
        },
      },
    });

    const { status, results } = await start(flow, undefined).finished;

    expect(status).toBe('Succeeded');
    expect(outline(results)).toEqual({
      Size: 'Succeeded',
      'Size/big': 'Skipped BRANCH_NOT_TAKEN',
      'Size/big/Crate': 'Skipped PARENT_SKIPPED',
    });
  });
});
