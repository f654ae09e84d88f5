/** What a scope with a failure policy refuses when it is defined. */
import { type DefinitionError, type Flow, type Keep, workflow } from '@runafter/core';
import { describe, expect, test } from 'vitest';
import { allOrNothing, type FailurePolicy, graduated, policyScope } from '../src/index.ts';

function refusal(policy: unknown, body: (scope: Flow<void>) => void = () => {}): DefinitionError {
  try {
    workflow('Order', (flow: Flow<void>) => {
      policyScope(flow, 'Scope', [], policy as FailurePolicy, (scope) =>
        body(scope as unknown as Flow<void>),
      );
    });
  } catch (error) {
    return error as DefinitionError;
  }
  throw new Error('It was defined.');
}

test.each<[unknown, string]>([
  [undefined, 'the policy is undefined'],
  ['bestEffort', 'the policy is a string'],
  [{ rest: 'finish' }, "criticality of the policy is undefined, but must be one of 'critical'"],
  [{ ...allOrNothing, criticality: 'low' }, 'criticality of the policy is a string'],
  [
    { ...allOrNothing, rest: undefined },
    "rest of the policy is undefined, but must be one of 'cancel'",
  ],
  [{ ...allOrNothing, onFlagged: 'mail' }, 'onFlagged of the policy is a string'],
  [{ ...allOrNothing, onFlaggedOptions: 3 }, 'onFlaggedOptions of the policy is 3'],
  [{ ...allOrNothing, onFlaggedOptions: { timeout: 'soon' } }, 'timeout: "soon" is not a duration'],
  [{ ...allOrNothing, onFlaggedOptions: { retry: { type: 'often' } } }, 'is not a retry policy'],
  [{ ...allOrNothing, onFlaggedOptions: { retries: 3 } }, 'must be without "retries"'],
  [{ ...allOrNothing, onFlaggedOptions: { secure: 1 } }, 'secure is a boolean'],
  [{ ...allOrNothing, onflagged: () => {} }, 'but a policy has only criticality, rest, onFlagged'],
])('the policy %j is refused', (policy, message) => {
  const error = refusal(policy);
  expect(error).toMatchObject({ code: 'POLICY_INVALID', path: 'Scope' });
  expect(error.message).toContain(message);
});

test('the constants cannot be changed', () => {
  expect([allOrNothing, graduated].every(Object.isFrozen)).toBe(true);
});

describe('with onFlagged', () => {
  const policy = { ...graduated, onFlagged: () => {} };
  const loop = (keep: Keep) => (scope: Flow<void>) => {
    scope.scope('Inside', [], (inside) => {
      inside.forEach(
        'Loop',
        [],
        () => [1],
        (each) =>
          void each.scope('Deep', [], (deep) => {
            deep.action('Chat', () => 1, { criticality: 'important' });
          }),
        { keep: keep as 'all' },
      );
    });
  };

  test.each(['failures', 'summary'] as const)('a loop that keeps %s is refused', (keep) => {
    const { code, message } = refusal(policy, loop(keep));
    expect(code).toBe('FLAGGED_NOT_KEPT');
    expect(message).toContain(`the loop "Scope/Inside/Loop" with keep: '${keep}'`);
    expect(message).toContain('"Scope/Inside/Loop/Deep/Chat"');
  });

  test('a loop that keeps all is not refused, nor one where nothing is important', () => {
    expect(() => refusal(policy, loop('all'))).toThrow('It was defined.');
    expect(() => refusal(graduated, loop('summary'))).toThrow('It was defined.');
  });

  test('a loop that forgets what a policy inside of it has told is not refused', () => {
    const inside = (criticality: 'critical' | 'important') => (scope: Flow<void>) => {
      const body = (each: Flow<void>) =>
        policyScope(each, 'Inner', [], policy, (inner) => void inner.action('A', () => 1), {
          criticality,
        });
      scope.forEach(
        'Loop',
        [],
        () => [1],
        (each) => void body(each as unknown as Flow<void>),
        {
          keep: 'failures',
        },
      );
    };
    expect(() => refusal(policy, inside('critical'))).toThrow('It was defined.');
    // That the inner scope has failed is for the outer one to tell.
    expect(refusal(policy, inside('important')).message).toContain('"Scope/Loop/Inner"');
  });

  test('a branch with the name of a record of it is refused', () => {
    const error = refusal(policy, (scope) => void scope.action('On_Flagged_1', () => 1));
    expect(error).toMatchObject({ code: 'NAME_DUPLICATE', path: 'Scope' });
  });
});
