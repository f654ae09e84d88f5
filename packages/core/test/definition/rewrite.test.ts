/** rewrite(): the same graph with something else inside. */
import { virtualClock } from '@runafter/clock';
import { type Node, rewrite } from '@runafter/core/definition';
import { expect, it } from 'vitest';
import {
  describe as describeWorkflow,
  event,
  type Flow,
  settled,
  start,
  workflow,
} from '../../src/index.ts';

const never = (): never => {
  throw new Error('The real handler was called.');
};

const inner = workflow('Inner', (flow: Flow<string>) => flow.action('Charge', never));

const orders = workflow('Orders', (flow: Flow<readonly string[]>) => {
  const fetched = flow.action('Fetch', never, { timeout: '1m' });
  const loop = flow.forEach('Each', [fetched], never, (each) => {
    each.condition('Large', [], never, {
      then: (then) => void then.child('Pay', [], inner, never),
      else: (otherwise) => void otherwise.action('Skip', never),
    });
  });
  flow.waitFor('Approval', [settled(loop)], event('approval'));
  flow.action('Close', [settled(loop)], () => 'closed');
});

/** Every function does nothing, and every loop has two items. */
function dry(node: Node): Node {
  switch (node.kind) {
    case 'action':
      return node.name === 'Close' ? node : { ...node, run: () => 'dry', timeout: undefined };
    case 'forEach':
      return { ...node, items: () => [1, 2] };
    case 'condition':
      return { ...node, choose: () => 'then' };
    case 'child':
      return { ...node, input: () => undefined };
    case 'waitFor':
      return { ...node, kind: 'delay', duration: () => 5_000, fixedDuration: 5_000 };
    default:
      return node;
  }
}

it('runs what it was given in the place of the functions, through branches, loops and child workflows', async () => {
  const clock = virtualClock({ autoAdvance: true });
  const { status } = await start(rewrite(orders, dry), undefined, { clock }).finished;
  expect(status).toBe('Succeeded');
  expect(clock.monotonic()).toBe(5_000);
});

it('names each node by its address, containers after what is inside', () => {
  const addresses: string[] = [];
  rewrite(orders, (node, address) => {
    addresses.push(address);
    return node;
  });
  expect(addresses).toEqual([
    'Fetch',
    'Each/Large/then/Pay/Charge',
    'Each/Large/then/Pay',
    'Each/Large/then',
    'Each/Large/else/Skip',
    'Each/Large/else',
    'Each/Large',
    'Each',
    'Approval',
    'Close',
  ]);
});

it('leaves the definition that it is made of as it was', () => {
  const before = JSON.stringify(describeWorkflow(orders));
  rewrite(orders, dry);
  expect(JSON.stringify(describeWorkflow(orders))).toBe(before);
  expect(Object.isFrozen(rewrite(orders, dry).definition.body.nodes[0])).toBe(true);
});

it('keeps names, places and edges, whatever it is given', () => {
  const renamed = rewrite(orders, (node) => ({ ...node, name: 'Other', index: 9, runAfter: [] }));
  const { body } = renamed.definition;
  expect(body.nodes.map(({ name }) => name)).toEqual(['Fetch', 'Each', 'Approval', 'Close']);
  expect(body.nodes[3]?.runAfter).toEqual(orders.definition.body.nodes[3]?.runAfter);
});

it('knows again whether a handler can be called at once', () => {
  const isPlain = (node: Node | undefined) => node?.kind === 'action' && node.plain;
  expect(isPlain(orders.definition.body.nodes[0])).toBe(false);
  expect(isPlain(rewrite(orders, dry).definition.body.nodes[0])).toBe(true);
});

it('refuses what is no workflow', () => {
  expect(() => rewrite({ name: 'Orders' } as never, dry)).toThrow(/WORKFLOW_INVALID|rewrite\(\)/);
});
