/**
 * The two forms are one thing: whatever is written with handles can be written as data, and the
 * definition is the same.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineWorkflow } from '../../src/definition/data-form/define-workflow.ts';
import type { Body } from '../../src/definition/definition.ts';
import { describe as describeWorkflow } from '../../src/definition/describe.ts';
import { workflow } from '../../src/definition/workflow.ts';
import { actionPlans, asData, withHandles } from './definition-arbitrary.ts';

const plans = actionPlans(2);

/** What must hold in every compiled body. */
function checkBody(body: Body): void {
  for (const node of body.nodes) {
    expect(body.nodes[node.index]).toBe(node);
    expect(body.names.get(node.name)).toBe(node.index);
    expect(node.waitsFor).toBe(node.runAfter.length);
    for (const { from, accepts } of node.runAfter) {
      expect(from).toBeLessThan(node.index);
      expect(body.nodes[from]?.successors).toContainEqual({ to: node.index, accepts });
    }
    if ('body' in node) checkBody(node.body);
  }
}

describe('a random definition', () => {
  it('describes itself the same in both forms', () => {
    fc.assert(
      fc.property(plans, (actions) => {
        const written = describeWorkflow(withHandles(actions));
        expect(describeWorkflow(asData(actions))).toEqual(written);
        expect(JSON.parse(JSON.stringify(written))).toEqual(written);
      }),
      { numRuns: 300 },
    );
  });

  it('has the same actions and edges in whatever order the data form lists them', () => {
    fc.assert(
      fc.property(plans, fc.infiniteStream(fc.nat()), (actions, stream) => {
        const shuffled = asData(actions, (list) =>
          list
            .map((value) => ({ value, key: stream.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ value }) => value),
        );
        checkBody(shuffled.definition.body);
        const byName = (defined: typeof shuffled) =>
          describeWorkflow(defined).body.actions.map(({ name, runAfter }) => ({ name, runAfter }));
        const inOrder = byName(asData(actions));
        expect(byName(shuffled)).toHaveLength(inOrder.length);
        expect(byName(shuffled)).toEqual(expect.arrayContaining(inOrder));
      }),
      { numRuns: 200 },
    );
  });

  it('has its nodes in topological order, with consistent edges', () => {
    fc.assert(
      fc.property(plans, (actions) => checkBody(withHandles(actions).definition.body)),
      { numRuns: 200 },
    );
  });
});

describe('a large definition', () => {
  const count = 100_000;
  // A quadratic step would take minutes, so this bound need not be tight to find one.
  const bound = 5_000;

  it('of 100,000 actions in a row is written with handles without overflow or delay', () => {
    const started = performance.now();
    const { body } = workflow('Chain', (flow) => {
      let last = flow.action('A0', () => 0);
      for (let index = 1; index < count; index++) {
        last = flow.action(`A${index}`, [last], ([before]) => before + 1);
      }
      return last;
    }).definition;
    expect(performance.now() - started).toBeLessThan(bound);
    expect(body.leaves).toEqual([count - 1]);
  });

  it('of 100,000 actions, listed backwards, is sorted without overflow or delay', () => {
    const actions = Object.fromEntries(
      Array.from({ length: count }, (_, index) => {
        const before = count - index - 2;
        const runAfter = before < 0 ? {} : { [`A${before}`]: ['Succeeded'] as const };
        return [`A${before + 1}`, { runAfter, run: () => index }];
      }),
    );
    const started = performance.now();
    const { body } = defineWorkflow({
      name: 'Chain',
      actions,
      output: `A${count - 1}`,
    }).definition;
    expect(performance.now() - started).toBeLessThan(bound);
    expect(body.nodes[0]?.name).toBe('A0');
    expect(body.leaves).toEqual([count - 1]);
  });

  it('of 50,000 actions side by side and one after them all takes no longer', () => {
    const started = performance.now();
    const { body } = workflow('Wide', (flow) => {
      const wide = Array.from({ length: count / 2 }, (_, index) =>
        flow.action(`A${index}`, () => 1),
      );
      return flow.action('Last', wide, () => 1);
    }).definition;
    expect(performance.now() - started).toBeLessThan(bound);
    expect(body.nodes.at(-1)?.waitsFor).toBe(count / 2);
  });
});
