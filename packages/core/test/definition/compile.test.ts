/**
 * What the engine reads of a definition: edges both ways, what each action is handed, and the facts
 * that follow from the containers around it.
 * @module
 */
import { concurrencyLimiter, fixed } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type ContainerKind, container, setMetadata } from '../../src/container-kind-entry.ts';
import { defineWorkflow } from '../../src/definition/data-form/define-workflow.ts';
import type { ActionNode, Body, Node } from '../../src/definition/definition.ts';
import { event } from '../../src/definition/event-type.ts';
import type { Flow } from '../../src/definition/flow.ts';
import { failed, settled } from '../../src/definition/handle.ts';
import { inLimiterOrder } from '../../src/definition/rules/limiter-order.ts';
import { workflow } from '../../src/definition/workflow.ts';
import { ANY_RUN_AFTER, FAILED, SUCCEEDED, TIMED_OUT } from '../../src/status.ts';

const one = () => 1;

/** The node at a path, found by names as a user would. */
function nodeAt(body: Body, path: string): Node {
  const [name = '', ...rest] = path.split('/');
  const index = body.names.get(name);
  const node = index === undefined ? undefined : body.nodes[index];
  if (node === undefined) throw new Error(`There is no "${name}".`);
  if (rest.length === 0) return node;
  if ('body' in node) return nodeAt(node.body, rest.join('/'));
  if (!('branches' in node)) throw new Error(`"${name}" has no inside.`);
  const [branch, ...inside] = rest;
  const taken = node.branches.find((candidate) => candidate.name === branch);
  if (taken === undefined) throw new Error(`There is no branch "${branch}".`);
  return inside.length === 0 ? taken : nodeAt(taken.body, inside.join('/'));
}

describe('a compiled body', () => {
  const { body } = workflow('Fulfil', (flow: Flow<void>) => {
    const stock = flow.action('Stock', one);
    const mail = flow.action('Mail', [stock], one);
    const chat = flow.action('Chat', [stock], one);
    flow.action('Repair', [failed(mail)], one);
    return flow.action('Close', [mail, settled(chat)], one);
  }).definition;

  it('has every edge in both directions, with the statuses that it accepts', () => {
    expect(nodeAt(body, 'Close').runAfter).toEqual([
      { from: 1, accepts: SUCCEEDED },
      { from: 2, accepts: ANY_RUN_AFTER },
    ]);
    expect(nodeAt(body, 'Mail').successors).toEqual([
      { to: 3, accepts: FAILED | TIMED_OUT },
      { to: 4, accepts: SUCCEEDED },
    ]);
    expect(body.nodes.map((node) => node.waitsFor)).toEqual([0, 1, 1, 1, 2]);
  });

  it('knows its roots, its leaves, its names and its output', () => {
    expect(body.roots).toEqual([0]);
    expect(body.leaves).toEqual([3, 4]);
    expect(body.names.get('Chat')).toBe(2);
    expect(body.output).toEqual({ from: 'sibling', index: 4, as: 'outputs' });
  });

  it('hands over outputs for bare handles and results for the others', () => {
    expect(nodeAt(body, 'Close').inputs).toEqual([
      { from: 'sibling', index: 1, as: 'outputs' },
      { from: 'sibling', index: 2, as: 'result' },
    ]);
  });

  it('is frozen down to its edges, while what belongs to the user is not', () => {
    const retry = fixed({ count: 2, interval: '1s' });
    const limiter = concurrencyLimiter(1);
    const defined = workflow('Frozen', (flow: Flow<void>) => {
      const first = flow.action('First', one, { retry, limiter });
      flow.scope('Scope', [first], (scope) => {
        scope.action('Inner', one);
      });
    });
    const first = nodeAt(defined.definition.body, 'First') as ActionNode;
    const inner = nodeAt(defined.definition.body, 'Scope/Inner');
    const ours = [defined, defined.definition, defined.definition.body, first, inner];
    for (const part of ours) expect(Object.isFrozen(part)).toBe(true);
    for (const list of [first.successors, first.successors[0], inner.runAfter, inner.inputs]) {
      expect(Object.isFrozen(list)).toBe(true);
    }
    expect(first.limiters).toEqual([limiter]);
    expect(Object.isFrozen(limiter)).toBe(false);
    expect(Object.isFrozen(one)).toBe(false);
  });
});

describe('facts that follow from the containers around', () => {
  const { body, events } = workflow('Nested', (flow: Flow<string[]>) => {
    flow.forEach(
      'Orders',
      [],
      (_, { input }) => input,
      (each) => {
        each.condition('Paid', [each.item], one as never, {
          then: (branch, [item]) => branch.action('Ship', [item], one),
          else: (branch) => branch.waitFor('Wait', [], event<string>('payment')),
        });
      },
    );
    flow.until(
      'Poll',
      [],
      one,
      (round) => round.action('Ask', [round.state, round.index], one),
      () => true,
    );
    flow.scope('Plain', [], (scope) => {
      scope.action('Inside', one);
    });
  }).definition;

  it('include the address', () => {
    expect(nodeAt(body, 'Orders/Paid/then/Ship').address).toBe('Orders/Paid/then/Ship');
    expect(nodeAt(body, 'Orders/Paid/else').address).toBe('Orders/Paid/else');
  });

  it('include whether it can run many times', () => {
    const repeating = (path: string) => nodeAt(body, path).repeats;
    expect(['Orders', 'Poll', 'Plain', 'Plain/Inside'].map(repeating)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(
      ['Orders/Paid', 'Orders/Paid/then', 'Orders/Paid/then/Ship', 'Poll/Ask'].map(repeating),
    ).toEqual([true, true, true, true]);
  });

  it('include where handed values come from', () => {
    expect(nodeAt(body, 'Orders/Paid').inputs).toEqual([{ from: 'item' }]);
    expect(nodeAt(body, 'Orders/Paid/then').inputs).toEqual([{ from: 'inputs', position: 0 }]);
    expect(nodeAt(body, 'Orders/Paid/then/Ship').inputs).toEqual([{ from: 'inputs', position: 0 }]);
    expect(nodeAt(body, 'Poll/Ask').inputs).toEqual([{ from: 'state' }, { from: 'index' }]);
  });

  it('include the events that the workflow and its children wait for', () => {
    expect([...events]).toEqual(['payment']);
    const inner = workflow('Inner', (flow: Flow<void>) => {
      flow.waitFor('Approval', [], event('approval'));
    });
    const outer = workflow('Outer', (flow: Flow<void>) => {
      flow.child('Sub', [], inner, () => undefined);
      flow.waitFor('Delivery', [], event('delivery'));
    });
    expect([...outer.definition.events]).toEqual(['approval', 'delivery']);
  });
});

describe('an action', () => {
  function actionWith(options: object): ActionNode {
    const { body } = workflow('Options', (flow: Flow<void>) => {
      flow.action('Action', one, options);
    }).definition;
    return nodeAt(body, 'Action') as ActionNode;
  }

  it('is plain when nothing stands between it and its handler', () => {
    expect(actionWith({}).plain).toBe(true);
    expect(actionWith({ criticality: 'optional', secure: { outputs: true } }).plain).toBe(true);
    expect(actionWith({ retry: { type: 'none' } }).plain).toBe(true);
    const guarded = [
      { timeout: '1s' },
      { retry: fixed({ count: 1, interval: 0 }) },
      { select: one },
      { payloadLimit: 0 },
      { limiter: concurrencyLimiter(1) },
    ];
    for (const options of guarded) expect(actionWith(options).plain).toBe(false);
  });

  it('keeps its durations in milliseconds, and its own copy of the retry policy', () => {
    const retry = { type: 'fixed', count: 2, interval: '1s' };
    const action = actionWith({ timeout: '1.5m', retry });
    retry.count = 99;
    expect(action.timeout).toBe(90_000);
    expect(action.retry).toMatchObject({ count: 2, interval: 1_000 });
  });

  it('that takes only a context gets it as its one argument', () => {
    const { body } = workflow('Context', (flow: Flow<void>) => {
      flow.action('Action', (...received: unknown[]) => received);
    }).definition;
    const context = {};
    expect((nodeAt(body, 'Action') as ActionNode).run([], context)).toEqual([context]);
  });
});

describe('limiters', () => {
  const first = concurrencyLimiter(1);
  const second = concurrencyLimiter(1);
  const third = concurrencyLimiter(1);
  // The order in which the process sees them for the first time.
  workflow('Seen', (flow: Flow<void>) => {
    for (const [name, limiter] of Object.entries({ first, second, third })) {
      flow.action(name, one, { limiter });
    }
  });

  it('are taken in one order, whichever stands further out', () => {
    const { body } = workflow('Order', (flow: Flow<void>) => {
      flow.scope('A', [], (scope) => void scope.action('Inner', one, { limiter: second }), {
        limiter: first,
      });
      flow.scope('B', [], (scope) => void scope.action('Inner', one, { limiter: first }), {
        limiter: second,
      });
    }).definition;
    const limitersOf = (path: string) => (nodeAt(body, path) as ActionNode).limiters;
    expect(limitersOf('A/Inner')).toEqual([first, second]);
    expect(limitersOf('A/Inner')[0]).toBe(first);
    expect(limitersOf('B/Inner')[0]).toBe(first);
    expect(limitersOf('B/Inner')[1]).toBe(second);
  });

  it('of all containers around hold for what is inside, each once', () => {
    const { body } = workflow('Around', (flow: Flow<void>) => {
      flow.forEach(
        'Loop',
        [],
        () => [1],
        (each) => {
          each.switch(
            'Switch',
            [],
            () => 'a' as const,
            {
              a: (branch) => branch.action('Inner', one, { limiter: third }),
            },
            { limiter: second },
          );
        },
        { limiter: third },
      );
    }).definition;
    const { limiters } = nodeAt(body, 'Loop/Switch/a/Inner') as ActionNode;
    expect(limiters).toHaveLength(2);
    expect(limiters[0]).toBe(second);
    expect(limiters[1]).toBe(third);
  });

  it('of a child workflow and of what is around it can be put into the same order', () => {
    const merged = inLimiterOrder([third], [first, third], [second]);
    expect(merged.map((limiter) => [first, second, third].indexOf(limiter as never))).toEqual([
      0, 1, 2,
    ]);
  });
});

describe('defaults', () => {
  const { body, grace } = workflow('Defaults', (flow: Flow<number[]>) => {
    flow.forEach(
      'Loop',
      [],
      (_, { input }) => input,
      (each) => each.item,
    );
    flow.forEach(
      'Keyed',
      [],
      (_, { input }) => input,
      (each) => each.item,
      {
        key: String,
        concurrency: 5,
      },
    );
    flow.forEach(
      'Wide',
      [],
      (_, { input }) => input,
      (each) => each.item,
      {
        concurrency: Number.POSITIVE_INFINITY,
      },
    );
    flow.until(
      'Poll',
      [],
      one,
      (round) => round.state,
      () => true,
    );
    flow.switch('Typed', [], () => 'a' as const, { a: () => undefined });
    flow.delay('Pause', [], '2m');
    flow.terminate('Stop', [], 'Failed');
  }).definition;

  it('are those of the documentation', () => {
    expect(grace).toBe(5_000);
    expect(nodeAt(body, 'Loop')).toMatchObject({ concurrency: { most: 1 }, keep: 'all' });
    expect(nodeAt(body, 'Keyed')).toMatchObject({ lookAhead: 20 });
    expect(nodeAt(body, 'Wide')).toMatchObject({ concurrency: { most: Number.POSITIVE_INFINITY } });
    expect(nodeAt(body, 'Poll')).toMatchObject({
      maxIterations: 60,
      timeout: 3_600_000,
      onLimit: 'fail',
    });
    expect(nodeAt(body, 'Typed')).toMatchObject({ otherwise: 'fail' });
    expect(nodeAt(body, 'Pause')).toMatchObject({ fixedDuration: 120_000 });
    expect(nodeAt(body, 'Stop')).toMatchObject({ code: 'TERMINATED' });
  });

  it('of a switch as data is to do nothing for a name without a case', () => {
    const cases = { a: { actions: {} } };
    const { body } = defineWorkflow({
      name: 'Data',
      actions: {
        Nothing: { type: 'switch', on: () => 'b', cases },
        Default: { type: 'switch', on: () => 'b', cases, default: { actions: {} } },
      },
    }).definition;
    expect(nodeAt(body, 'Nothing')).toMatchObject({ otherwise: 'nothing' });
    expect(nodeAt(body, 'Default')).toMatchObject({ otherwise: { branch: 1 } });
  });
});

describe('a container of a foreign kind', () => {
  const kind: ContainerKind<{ size: number }> = {
    name: 'bundle',
    optionNames: ['size'],
    check: ({ path, options, children }) => void seen.push({ path, options, children }),
  };
  const seen: unknown[] = [];

  it('shows its kind the options that are its own, and the children with their metadata', () => {
    const { body } = workflow('Foreign', (flow: Flow<void>) => {
      container(
        flow,
        kind,
        'Bundle',
        [],
        (inner) => {
          const first = inner.action('First', one, { criticality: 'important' });
          setMetadata(first, { undo: 'First' });
          container(inner, kind, 'Second', [first], () => undefined, { size: 2 });
        },
        { size: 7, timeout: '1s' },
      );
    }).definition;
    expect(seen.at(-1)).toEqual({
      path: 'Bundle',
      options: { size: 7 },
      children: [
        {
          name: 'First',
          kind: 'action',
          criticality: 'important',
          metadata: { undo: 'First' },
          runAfter: [],
          successors: ['Second'],
        },
        {
          name: 'Second',
          kind: 'bundle',
          criticality: 'critical',
          metadata: undefined,
          runAfter: ['First'],
          successors: [],
        },
      ],
    });
    expect(nodeAt(body, 'Bundle')).toMatchObject({ timeout: 1_000, options: { size: 7 } });
    expect(nodeAt(body, 'Bundle/First').metadata).toEqual({ undo: 'First' });
  });

  it('can be built on a flow that was extended', () => {
    const { body } = workflow('Extended', (flow: Flow<void>) => {
      const extended: Flow<void> & { step(name: string): void } = Object.assign(
        Object.create(flow) as Flow<void>,
        { step: (name: string) => void flow.action(name, one) },
      );
      extended.step('Step');
      container(extended, kind, 'Bundle', [], () => undefined, { size: 1 });
    }).definition;
    expect(body.nodes.map((node) => node.name)).toEqual(['Step', 'Bundle']);
  });
});
