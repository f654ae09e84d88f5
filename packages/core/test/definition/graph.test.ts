/**
 * The graph functions on their own: topological order, cycles, ancestors.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAncestor } from '../../src/definition/ancestors.ts';
import { topologicalOrder } from '../../src/definition/data-form/topological-order.ts';
import type { Flow } from '../../src/definition/flow.ts';
import { workflow } from '../../src/definition/workflow.ts';
import { actionPlans, withHandles } from './definition-arbitrary.ts';

describe('the topological order', () => {
  it('leaves an order that is right already as it is', () => {
    expect(topologicalOrder([[], [0], [], [1, 2]])).toEqual({ order: [0, 1, 2, 3] });
  });

  it('puts before each node only what it still lacks', () => {
    expect(topologicalOrder([[2], [], [1]])).toEqual({ order: [1, 2, 0] });
  });

  it('of any graph has each node once and after its predecessors, or is refused for a real cycle', () => {
    const graphs = fc.integer({ min: 1, max: 12 }).chain((size) =>
      fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 3 }), {
        minLength: size,
        maxLength: size,
      }),
    );
    fc.assert(
      fc.property(graphs, (predecessors) => {
        const sorted = topologicalOrder(predecessors);
        if ('cycle' in sorted) {
          expect(sorted.cycle[0]).toBe(sorted.cycle.at(-1));
          sorted.cycle.slice(1).forEach((node, position) => {
            expect(predecessors[node]).toContain(sorted.cycle[position]);
          });
          return;
        }
        const { order } = sorted;
        expect([...order].sort((a, b) => a - b)).toEqual(predecessors.map((_, node) => node));
        predecessors.forEach((list, node) => {
          for (const before of list) {
            expect(order.indexOf(before)).toBeLessThan(order.indexOf(node));
          }
        });
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('ancestors', () => {
  it('of random bodies are those that the edges lead back to', () => {
    fc.assert(
      fc.property(actionPlans(0), (plans) => {
        const { body } = withHandles(plans).definition;
        const above = plans.map(() => new Set<number>());
        plans.forEach(({ runAfter }, index) => {
          for (const { from } of runAfter) {
            above[index]?.add(from);
            for (const further of above[from] ?? []) above[index]?.add(further);
          }
        });
        for (let of = 0; of < plans.length; of++) {
          for (let from = 0; from < plans.length; from++) {
            const expected = above[of]?.has(from);
            expect(isAncestor(body, from, of)).toBe(expected);
            // The second answer comes from memory.
            expect(isAncestor(body, from, of)).toBe(expected);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('are found at the far end of a chain of 100,000 without overflow', () => {
    const { body } = workflow('Chain', (flow: Flow<void>) => {
      let last = flow.action('A0', () => 0);
      for (let index = 1; index < 100_000; index++)
        last = flow.action(`A${index}`, [last], () => 0);
    }).definition;
    expect(isAncestor(body, 0, 99_999)).toBe(true);
    expect(isAncestor(body, 99_999, 0)).toBe(false);
    expect(isAncestor(body, 5, 5)).toBe(false);
  });
});
