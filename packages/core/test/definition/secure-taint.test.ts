/**
 * Secure values, followed through a definition: a secret that is handed on stays one.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { container } from '../../src/container-kind-entry.ts';
import { describe as describeWorkflow } from '../../src/definition/describe.ts';
import type { BodyDescription } from '../../src/definition/description.ts';
import type { Flow } from '../../src/definition/flow.ts';
import { settled } from '../../src/definition/handle.ts';
import { type Workflow, workflow } from '../../src/definition/workflow.ts';

const secret = { secure: { outputs: true } };
const use = () => 1;

/** The paths of everything whose inputs, and whose outputs, are secure. */
function secureParts(defined: Workflow<void, unknown>): { inputs: string[]; outputs: string[] } {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const visit = ({ actions }: BodyDescription): void => {
    for (const node of actions) {
      if (node.secure.inputs) inputs.push(node.path);
      if (node.secure.outputs) outputs.push(node.path);
      if ('body' in node) visit(node.body);
      if ('branches' in node) for (const branch of node.branches) visit(branch.body);
    }
  };
  visit(describeWorkflow(defined).body);
  return { inputs, outputs };
}

describe('a secure output', () => {
  it('makes the inputs of what takes it secure, and of nothing else', () => {
    const parts = secureParts(
      workflow('Token', (flow: Flow<void>) => {
        const token = flow.action('Token', use, secret);
        const call = flow.action('Call', [token], use);
        flow.action('Result', [settled(token)], use);
        flow.action('After', [call], use);
      }),
    );
    expect(parts).toEqual({ inputs: ['Call', 'Result'], outputs: ['Token'] });
  });

  it('enters a scope at its own position only', () => {
    const parts = secureParts(
      workflow('Scope', (flow: Flow<void>) => {
        const token = flow.action('Token', use, secret);
        const order = flow.action('Order', use);
        flow.scope('Scope', [order, token], (scope, [order, token]) => {
          scope.action('Public', [order], use);
          scope.action('Private', [token], use);
        });
      }),
    );
    expect(parts.inputs).toEqual(['Scope', 'Scope/Private']);
  });

  it('leaves a container that returns it, at any depth', () => {
    const parts = secureParts(
      workflow('Return', (flow: Flow<void>) => {
        const outer = flow.scope('Outer', [], (outer) =>
          outer.condition('Inner', [], () => true, {
            then: (branch) => branch.action('Token', use, secret),
          }),
        );
        flow.action('Use', [outer], use);
      }),
    );
    expect(parts.outputs).toEqual(['Outer', 'Outer/Inner', 'Outer/Inner/then/Token']);
    expect(parts.inputs).toEqual(['Use']);
  });

  it('goes through the branch of a condition', () => {
    const parts = secureParts(
      workflow('Branch', (flow: Flow<void>) => {
        const token = flow.action('Token', use, secret);
        const paid = flow.condition('Paid', [token], () => true, {
          then: (branch, [token]) => branch.action('Use', [token], use),
          else: (_, [token]) => token,
        });
        flow.action('After', [paid], use);
      }),
    );
    expect(parts.inputs).toEqual(['Paid', 'Paid/then/Use', 'After']);
    expect(parts.outputs).toEqual(['Token', 'Paid']);
  });

  it('makes the items of a loop over it secure, and with them everything that can read the item', () => {
    const parts = secureParts(
      workflow('Loop', (flow: Flow<void>) => {
        const people = flow.action('People', () => ['secret'], secret);
        flow.forEach(
          'Loop',
          [people],
          ([people]) => people,
          (each) => {
            each.action('ByHandle', [each.item], use);
            each.scope('Scope', [], (scope) => {
              scope.action('ByContext', ({ item }) => item);
            });
            return each.item;
          },
        );
      }),
    );
    expect(parts.inputs).toEqual(['Loop', 'Loop/ByHandle', 'Loop/Scope', 'Loop/Scope/ByContext']);
    expect(parts.outputs).toEqual(['People', 'Loop']);
  });

  it('given to an until is in the context of every function inside, as its state', () => {
    const parts = secureParts(
      workflow('State', (flow: Flow<void>) => {
        const token = flow.action('Token', () => 1 as unknown, secret);
        flow.until(
          'Poll',
          [token],
          ([token]) => token,
          (round) => {
            round.scope('Scope', [], (scope) => {
              scope.action('Deep', use);
            });
            return round.action('Next', use);
          },
          () => true,
        );
        flow.action('Beside', use);
      }),
    );
    expect(parts.inputs).toEqual(['Poll', 'Poll/Scope', 'Poll/Scope/Deep', 'Poll/Next']);
    expect(parts.outputs).toEqual(['Token', 'Poll']);
  });

  it('comes back as the state of an until, also through nested ones', () => {
    const parts = secureParts(
      workflow('State', (flow: Flow<void>) => {
        const poll = flow.until(
          'Poll',
          [],
          () => 0 as unknown,
          (round) => {
            round.action('Before', [round.state], use);
            const inner = round.until(
              'Inner',
              [round.state],
              ([state]) => state,
              (deep) => {
                deep.action('Deep', [deep.state], use);
                return deep.state;
              },
              () => true,
            );
            const token = round.action('Token', [settled(inner)], () => 1 as unknown, secret);
            return token;
          },
          () => true,
        );
        flow.action('After', [poll], use);
      }),
    );
    expect(parts.inputs).toEqual([
      'Poll/Before',
      'Poll/Inner',
      'Poll/Inner/Deep',
      'Poll/Token',
      'After',
    ]);
    expect(parts.outputs).toEqual(['Poll', 'Poll/Inner', 'Poll/Token']);
  });

  it('of a child workflow is one of the action that runs it', () => {
    const inner = workflow('Inner', (flow: Flow<void>) => flow.action('Token', use, secret));
    const parts = secureParts(
      workflow('Outer', (flow: Flow<void>) => {
        const sub = flow.child('Sub', [], inner, () => undefined);
        flow.action('Use', [sub], use);
      }),
    );
    expect(parts).toEqual({ inputs: ['Use'], outputs: ['Sub'] });
  });

  it('of any child of a foreign container is one of the container, whose kind sees it', () => {
    const parts = secureParts(
      workflow('Foreign', (flow: Flow<void>) => {
        container(
          flow,
          { name: 'bundle' },
          'Bundle',
          [],
          (inner) => void inner.action('Token', use, secret),
          {},
        );
      }),
    );
    expect(parts.outputs).toEqual(['Bundle', 'Bundle/Token']);
  });

  it('of a whole workflow is known', () => {
    const token = workflow('Token', (flow: Flow<void>) => flow.action('Token', use, secret));
    const open = workflow('Open', (flow: Flow<void>) => flow.action('Open', use));
    expect(token.definition.body.outputIsSecure).toBe(true);
    expect(open.definition.body.outputIsSecure).toBe(false);
  });
});

describe('secure inputs', () => {
  it('of an action make its result secure, which holds them, but not its output', () => {
    const parts = secureParts(
      workflow('Inputs', (flow: Flow<void>) => {
        const login = flow.action('Login', use, { secure: { inputs: true } });
        flow.action('Bare', [login], use);
        flow.action('Settled', [settled(login)], use);
      }),
    );
    expect(parts).toEqual({ inputs: ['Login', 'Settled'], outputs: [] });
  });

  it('of a container hold for everything that it hands to its inside', () => {
    const parts = secureParts(
      workflow('Container', (flow: Flow<void>) => {
        const order = flow.action('Order', use);
        flow.scope(
          'Scope',
          [order],
          (scope, [order]) => {
            scope.action('Use', [order], use);
            scope.action('Other', use);
          },
          { secure: { inputs: true } },
        );
      }),
    );
    expect(parts.inputs).toEqual(['Scope', 'Scope/Use']);
  });
});
