/**
 * Which definitions a durable run cannot run without a cipher, and which it can.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { container } from '../../src/container-kind-entry.ts';
import { defineWorkflow } from '../../src/definition/data-form/define-workflow.ts';
import { event } from '../../src/definition/event-type.ts';
import type { Flow } from '../../src/definition/flow.ts';
import { failed, settled } from '../../src/definition/handle.ts';
import { workflow } from '../../src/definition/workflow.ts';
import { CipherRequiredError, secureUse } from '../../src/durable/secure-use.ts';

const secret = { secure: { outputs: true } };
const given = { secure: { inputs: true } };
const use = (): unknown => 1;
const path = 'Token';

type Body = (flow: Flow<void>) => unknown;

/** What a workflow with this body needs a cipher for. */
function usedIn(body: Body): unknown {
  return secureUse(workflow('W', body as (flow: Flow<void>) => void).definition);
}

describe('a secure output is used', () => {
  const uses: [string, Body, { path: string; usedBy: string }][] = [
    [
      'by the action that it is handed to',
      (flow) => {
        const token = flow.action('Token', use, secret);
        flow.action('Call', [token], use);
      },
      { path, usedBy: 'Call' },
    ],
    [
      'by an action that is handed the result',
      (flow) => {
        const token = flow.action('Token', use, secret);
        flow.action('Other', use);
        flow.action('Report', [settled(token)], use);
      },
      { path, usedBy: 'Report' },
    ],
    [
      'by the output of the workflow',
      (flow) => flow.action('Token', use, secret),
      { path, usedBy: '' },
    ],
    [
      'by the output of a scope',
      (flow) => void flow.scope('Scope', [], (scope) => scope.action('Token', use, secret)),
      { path: 'Scope/Token', usedBy: 'Scope' },
    ],
    [
      'inside a branch',
      (flow) => {
        flow.condition('If', [], () => true, {
          then: (branch) => {
            const token = branch.action('Token', use, secret);
            branch.action('Call', [token], use);
          },
        });
      },
      { path: 'If/then/Token', usedBy: 'If/then/Call' },
    ],
    [
      'by the items of a loop',
      (flow) => {
        const token = flow.action('Token', () => ['a'], secret);
        flow.forEach(
          'Loop',
          [token],
          ([token]) => token,
          (each) => void each.action('Mail', use),
        );
      },
      { path, usedBy: 'Loop' },
    ],
    [
      'by the input of a child workflow',
      (flow) => {
        const token = flow.action('Token', use, secret);
        const inner = workflow('Inner', (flow: Flow<unknown>) => void flow.action('Call', use));
        flow.child('Sub', [token], inner, ([token]) => token);
      },
      { path, usedBy: 'Sub' },
    ],
    [
      'inside a child workflow',
      (flow) => {
        const inner = workflow('Inner', (flow: Flow<void>) => {
          const token = flow.action('Token', use, secret);
          flow.action('Call', [token], use);
        });
        flow.child('Sub', [], inner, () => undefined);
      },
      { path: 'Sub/Token', usedBy: 'Sub/Call' },
    ],
    [
      'by the output of a child workflow',
      (flow) => {
        const inner = workflow('Inner', (flow: Flow<void>) => flow.action('Token', use, secret));
        flow.child('Sub', [], inner, () => undefined);
      },
      { path: 'Sub/Token', usedBy: 'Sub' },
    ],
    [
      'by the next round of an until',
      (flow) => {
        flow.until(
          'Poll',
          [],
          use,
          (round) => round.action('Token', use, secret),
          () => true,
        );
      },
      { path: 'Poll/Token', usedBy: 'Poll' },
    ],
    [
      'by a container kind, which sees what its children hand over',
      (flow) => {
        container(
          flow,
          { name: 'saga' },
          'Saga',
          [],
          (saga) => void saga.action('Token', use, secret),
          {},
        );
      },
      { path: 'Saga/Token', usedBy: 'Saga' },
    ],
  ];

  it.each(uses)('%s', (_, body, expected) => {
    expect(usedIn(body)).toEqual(expected);
  });

  it('by an action that may look it up by its name, also past others', () => {
    const nothing = () => undefined;
    const { definition } = defineWorkflow({
      name: 'Data',
      actions: {
        Token: { run: use, secure: { outputs: true } },
        Alert: { runAfter: { Token: ['Failed'] }, run: nothing },
        Call: { runAfter: { Alert: ['Skipped'] }, run: ({ outputs }) => outputs('Token') },
      },
    });
    expect(secureUse(definition)).toEqual({ path, usedBy: 'Alert' });
  });

  it('by the done of an until, which may look it up by its name', () => {
    const { definition } = defineWorkflow({
      name: 'Data',
      actions: {
        Poll: {
          type: 'until',
          actions: { Token: { run: use, secure: { outputs: true } } },
          done: ({ outputs }) => outputs('Token') === 1,
        },
      },
    });
    expect(secureUse(definition)).toEqual({ path: 'Poll/Token', usedBy: 'Poll' });
  });
});

describe('what keeps the secure values that it is given', () => {
  const keepers: [string, Body, string][] = [
    [
      'a loop its items',
      (flow) =>
        void flow.forEach(
          'Loop',
          [],
          () => ['a'],
          (each) => void each.action('A', use),
          given,
        ),
      'Loop',
    ],
    [
      'an until its state',
      (flow) =>
        void flow.until(
          'Poll',
          [],
          use,
          (round) => round.state,
          () => true,
          given,
        ),
      'Poll',
    ],
    [
      'a child workflow its input',
      (flow) => {
        const inner = workflow('Inner', (flow: Flow<void>) => void flow.action('A', use));
        flow.child('Sub', [], inner, () => undefined, given);
      },
      'Sub',
    ],
    [
      'a waitFor its event',
      (flow) => void flow.waitFor('Wait', [], event('token'), { ...secret, timeout: '1h' }),
      'Wait',
    ],
  ];

  it.each(keepers)('needs a cipher: %s', (_, body, keeper) => {
    expect(usedIn(body)).toEqual({ path: keeper, usedBy: keeper });
  });
});

describe('no cipher is needed', () => {
  const harmless: [string, Body][] = [
    [
      'when nothing is secure',
      (flow) => {
        const order = flow.action('Order', use);
        return flow.action('Mail', [order], use);
      },
    ],
    [
      'for a secure output that nobody reads',
      (flow) => {
        flow.action('Token', use, secret);
        flow.scope('Scope', [], (scope) => {
          scope.action('Token', use, secret);
          return scope.action('Mail', use);
        });
      },
    ],
    [
      'for secure inputs of an action, also when its output and its failure are used',
      (flow) => {
        const login = flow.action('Login', use, given);
        flow.action('Alert', [failed(login)], use);
        return flow.action('Mail', [login], use);
      },
    ],
  ];

  it.each(harmless)('%s', (_, body) => {
    expect(usedIn(body)).toBeUndefined();
  });

  it('and that is found out quickly for child workflows within child workflows', () => {
    let inner = workflow('W0', (flow: Flow<void>) => void flow.action('A', use));
    for (let level = 1; level <= 40; level++) {
      const next = inner;
      inner = workflow(`W${level}`, (flow: Flow<void>) => {
        flow.child('Left', [], next, () => undefined);
        flow.child('Right', [], next, () => undefined);
      });
    }
    expect(secureUse(inner.definition)).toBeUndefined();
  });
});

describe('the error', () => {
  it('names both actions and both ways out', () => {
    const error = new CipherRequiredError('Orders', { path, usedBy: 'Call' });
    expect(error).toMatchObject({
      code: 'CIPHER_REQUIRED',
      workflow: 'Orders',
      path,
      usedBy: 'Call',
    });
    expect(error.message).toBe(
      'A durable run of workflow "Orders" needs a cipher: what "Token" hands over is secure and is ' +
        'used by "Call", so it has to be stored. Pass cipher, or let "Token" hand over a reference ' +
        'to the secret instead.',
    );
  });

  it.each([
    ['', 'what "Token" hands over is secure and is the output of the workflow'],
    ['Token', 'what "Token" is given is secure'],
  ])('says so where the user is %j', (usedBy, text) => {
    expect(new CipherRequiredError('Orders', { path, usedBy }).message).toContain(text);
  });
});
