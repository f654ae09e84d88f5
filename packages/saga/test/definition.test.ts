/**
 * What is refused when a saga is defined, and what of it describe() shows.
 * @module
 */
import { DefinitionError, describe as describeWorkflow, event, workflow } from '@runafter/core';
import { none, type Saga, saga } from '@runafter/saga';
import { describe, expect, it } from 'vitest';

// biome-ignore lint/suspicious/noExplicitAny: what is refused here does not compile.
type Untyped = any;

function refusal(write: (saga: Untyped) => unknown, options?: Untyped): DefinitionError {
  try {
    workflow('W', (flow) => {
      saga(flow, 'Onboard', [], (inner) => void write(inner), options);
    });
  } catch (error) {
    if (error instanceof DefinitionError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

const undo = { compensate: () => {} };

describe('a step that does not say how it is undone', () => {
  it.each([
    ['no options', undefined],
    ['other options', { timeout: '1m' }],
    ['undefined', { compensate: undefined }],
  ])('is refused: %s', (_, options) => {
    const error = refusal((saga) => saga.step('Account', [], () => 1, options));
    expect(error).toMatchObject({
      code: 'SAGA_COMPENSATION_MISSING',
      path: 'Onboard/Account',
      message: expect.stringMatching(/step "Onboard\/Account": it does not say how.*none\('…'\)/),
    });
  });

  it('is refused without a runAfter list too', () => {
    expect(refusal((saga) => saga.step('Account', () => 1)).code).toBe('SAGA_COMPENSATION_MISSING');
  });

  it('is refused where it is a child workflow', () => {
    const child = workflow('C', () => undefined);
    const error = refusal((saga) => saga.child('Child', [], child, () => undefined));
    expect(error.code).toBe('SAGA_COMPENSATION_MISSING');
  });
});

describe('a compensation that makes no sense', () => {
  it.each([
    ['a text', 'remove it'],
    ['null', null],
    ['an empty reason', none(' ')],
    ['a reason that is no text', none(7 as Untyped)],
    ['none without its reason', none],
    ['an object without run', { retry: { type: 'none' } }],
    ['an unknown field', { run: () => {}, retries: 3 }],
    ['a retry policy that is none', { run: () => {}, retry: { type: 'often' } }],
    ['a timeout that is no duration', { run: () => {}, timeout: 'soon' }],
  ])('is refused: %s', (_, compensate) => {
    const error = refusal((saga) => saga.step('Account', [], () => 1, { compensate }));
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'compensate' });
  });
});

describe('what a saga could not undo', () => {
  it.each(['action', 'scope', 'forEach', 'condition', 'switch', 'until', 'terminate'])(
    'is refused: %s',
    (kind) => {
      const error = refusal((saga) => saga[kind]('X', [], () => 1));
      expect(error).toMatchObject({
        code: 'SAGA_CHILD_REFUSED',
        message: expect.stringContaining(`${kind} "X" cannot stand in a saga`),
      });
    },
  );

  it('is refused: a saga in a saga', () => {
    expect(refusal((inner) => saga(inner, 'X', [], () => {}))).toMatchObject({
      code: 'SAGA_CHILD_REFUSED',
    });
  });

  it('is not what waits', () => {
    const write = (flow: Saga<unknown, unknown, unknown>): void => {
      const pause = flow.delay('Pause', [], '1m');
      flow.waitFor('Approval', [pause], event('approval'));
    };
    expect(() => workflow('W', (flow) => void saga(flow, 'S', [], write as Untyped))).not.toThrow();
  });
});

describe('a name that the saga needs itself', () => {
  it.each([['Saga_Report'], ['Undo_Account']])('is refused: %s', (name) => {
    const error = refusal((saga) => {
      saga.step('Account', [], () => 1, undo);
      saga.step(name, [], () => 1, undo);
    });
    expect(error.code).toBe('NAME_DUPLICATE');
  });

  it('is not taken by a step without a compensation', () => {
    const write = (saga: Untyped): void => {
      saga.step('Mail', [], () => 1, { compensate: none('it is sent') });
      saga.step('Undo_Mail', [], () => 1, undo);
    };
    expect(() => workflow('W', (flow) => void saga(flow, 'S', [], write))).not.toThrow();
  });

  it('is refused where undoing would make it too long', () => {
    expect(refusal((saga) => saga.step('x'.repeat(196), [], () => 1, undo)).code).toBe(
      'NAME_INVALID',
    );
  });
});

describe('a pivot', () => {
  const pivot = { compensate: none('it is sent'), pivot: true };

  it.each<[string, (saga: Untyped) => void]>([
    [
      'beside another one',
      (saga) => saga.step('B', [saga.step('A', [], () => 1, pivot)], () => 1, pivot),
    ],
    [
      'with a step that can run beside it',
      (saga) => {
        saga.step('A', [], () => 1, pivot);
        saga.step('B', [], () => 1, undo);
      },
    ],
    [
      'with a compensation after it',
      (saga) => {
        const a = saga.step('A', [], () => 1, pivot);
        const wait = saga.delay('Wait', [a], '1m');
        saga.step('B', [wait], () => 1, undo);
      },
    ],
  ])('is refused %s', (_, write) => {
    expect(refusal(write)).toMatchObject({ code: 'SAGA_PIVOT_INVALID', path: 'Onboard/B' });
  });

  it('is refused where it is neither true nor false', () => {
    expect(refusal((saga) => saga.step('A', [], () => 1, { ...undo, pivot: 1 }))).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'pivot',
    });
  });
});

describe('options of a saga', () => {
  it.each([[0], [1.5], ['ten']])('compensationConcurrency cannot be %s', (value) => {
    expect(refusal(() => {}, { compensationConcurrency: value })).toMatchObject({
      code: 'OPTION_INVALID',
      option: 'compensationConcurrency',
    });
  });

  it('are not mistyped', () => {
    expect(refusal(() => {}, { concurrency: 3 }).code).toBe('OPTION_UNKNOWN');
  });

  it('cannot stand without a body', () => {
    expect(() => workflow('W', (flow) => void saga(flow, 'S', [], undefined as Untyped))).toThrow(
      /body must be a function/,
    );
  });
});

it('describe() shows a saga with its steps and options', () => {
  const flow = workflow('W', (flow) => {
    saga(flow, 'Onboard', [], (saga) => void saga.step('Account', function create() {}, undo), {
      compensationConcurrency: 3,
    });
  });
  expect(describeWorkflow(flow).body.actions).toMatchObject([
    {
      kind: 'container',
      container: 'saga',
      options: { compensationConcurrency: 3 },
      body: { actions: [{ name: 'Account', run: 'create' }] },
    },
  ]);
});
