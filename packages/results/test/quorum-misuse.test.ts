/** What a quorum refuses when it is defined. */
import { type DefinitionError, type Flow, type Handle, workflow } from '@runafter/core';
import { expect, test } from 'vitest';
import { quorum } from '../src/index.ts';

type Branches = (branches: Flow<void>, around: Flow<void>) => unknown;

const two: Branches = (branches) => ({
  a: branches.action('A', () => 1),
  b: branches.action('B', () => 1),
});

function refusal(options: object, body: Branches = two): DefinitionError {
  try {
    workflow('Vote', (flow: Flow<void>) => {
      quorum(
        flow,
        'Ask',
        [],
        { needed: 1, vote: () => true, ...options },
        (branches) => body(branches as unknown as Flow<void>, flow) as Record<string, never>,
      );
    });
  } catch (error) {
    return error as DefinitionError;
  }
  throw new Error('It was defined.');
}

test.each([
  [{ needed: 3 }, "needed is 3, but must be 'majority', 'all' or a whole number from 1 to 2"],
  [{ needed: 0 }, 'needed is 0'],
  [{ needed: 1.5 }, 'needed is 1.5'],
  [{ needed: 'most' }, 'needed is a string'],
  [{ needed: undefined }, 'needed is undefined'],
  [{ vote: true }, 'vote is true, but must be a function'],
  [{ rest: 'stop' }, "rest is a string, but must be 'cancel' or 'finish'"],
])('option %j is refused', (options, message) => {
  const error = refusal(options);
  expect(error).toMatchObject({ code: 'OPTION_INVALID', workflow: 'Vote', path: 'Ask' });
  expect(error.message).toContain(message);
});

test('a quorum without a body is refused', () => {
  const define = () =>
    workflow('Vote', (flow: Flow<void>) => {
      quorum(flow, 'Ask', [], { needed: 1, vote: Boolean }, undefined as never);
    });
  expect(define).toThrow(expect.objectContaining({ code: 'FUNCTION_MISSING' }));
});

test('an option that does not exist is refused', () => {
  expect(refusal({ need: 1 })).toMatchObject({ code: 'OPTION_UNKNOWN', option: 'need' });
});

test.each<[string, Branches, string]>([
  ['nobody', () => ({}), 'nobody votes'],
  ['nothing', () => undefined, 'its body returned undefined'],
  ['a promise', async () => ({}), 'its body returned a Promise'],
  ['a value', () => ({ a: 1 }), '"a" is not the handle of an action or container in its body'],
  [
    'the same branch twice',
    (branches) => {
      const a = branches.action('A', () => 1);
      return { a, b: a };
    },
    '"a" and "b" are the same branch',
  ],
  [
    'a branch further inside',
    (branches) => {
      let deep: Handle<never, number> | undefined;
      branches.scope('Scope', [], (scope) => {
        deep = scope.action('Deep', () => 1) as unknown as Handle<never, number>;
      });
      return { deep };
    },
    '"deep" is not the handle of an action or container in its body',
  ],
  [
    'something outside',
    (_, around) => ({ outer: around.action('Outer', () => 1) }),
    'the flow of workflow "Vote" is closed',
  ],
])('a body that returns %s is refused', (_, body, message) => {
  expect(refusal({}, body).message).toContain(message);
});

test('a branch that was added outside before is refused', () => {
  let outer: unknown;
  const define = () =>
    workflow('Vote', (flow: Flow<void>) => {
      outer = flow.action('Outer', () => 1);
      quorum(flow, 'Ask', [], { needed: 1, vote: Boolean }, (branches) => {
        branches.action('Inner', () => 1);
        return { outer: outer as never };
      });
    });

  expect(define).toThrow(
    expect.objectContaining({
      code: 'QUORUM_BRANCHES_INVALID',
      message: expect.stringContaining('"outer" does not stand directly in its body'),
    }),
  );
});
