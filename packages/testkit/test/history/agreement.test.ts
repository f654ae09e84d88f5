/** The checker says what the definition says, in both directions, and proves what it says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory, type Model, type Operation } from '../../src/index.ts';
import { isLinearizable } from './brute-force.ts';
import { families } from './random-histories.ts';
import { seed, seedHint } from './seed.ts';

const numRuns = 3_000;

describe.each(families)('for the model of a $name, the checker', ({ model, histories }) => {
  // One object is as good as many for what is tried here, and more goes on in it.
  const single = { ...model, partition: () => undefined };

  it('says exactly what trying all orders says', () => {
    const said = { yes: 0, no: 0 };
    fc.assert(
      fc.property(histories, (operations) => {
        const expected = isPartitionedLinearizable(operations, model);
        expect(checkHistory(operations, model).linearizable, seedHint).toBe(expected);
        said[expected ? 'yes' : 'no']++;
      }),
      { seed, numRuns },
    );
    expect(Math.min(said.yes, said.no), `both answers are tried; ${seedHint}`).toBeGreaterThan(300);
  });

  it('gives an order that the model accepts and that keeps to the times', () => {
    fc.assert(
      fc.property(histories, (operations) => {
        const verdict = checkHistory(operations, single);
        if (verdict.linearizable !== true) return;
        const [order = []] = verdict.orders;
        expect(isRun(order, operations, single), seedHint).toBe(true);
      }),
      { seed, numRuns },
    );
  });

  it('names as the culprit the first return that nothing explains, and shows nothing later', () => {
    fc.assert(
      fc.property(histories, (operations) => {
        const verdict = checkHistory(operations, single);
        if (verdict.linearizable !== false) return;
        const { window, culprit } = verdict;
        if (culprit === undefined) throw new Error(`No culprit. ${seedHint}`);
        const { returned } = culprit;
        expect(window, seedHint).toContain(culprit);
        expect(Math.max(...window.map(({ invoked }) => invoked))).toBeLessThanOrEqual(returned);
        expect(isLinearizable(operations, single, returned), seedHint).toBe(false);
        expect(isLinearizable(operations, single, returned - 0.5), seedHint).toBe(true);
      }),
      { seed, numRuns },
    );
  });
});

function isPartitionedLinearizable(
  operations: readonly Operation<unknown, unknown>[],
  model: Model<unknown, unknown, unknown>,
): boolean {
  const keys = new Set(operations.map(({ op }) => model.partition?.(op)));
  return [...keys].every((key) =>
    isLinearizable(
      operations.filter(({ op }) => model.partition?.(op) === key),
      model,
    ),
  );
}

/** Whether an order is one that the definition allows. */
function isRun(
  order: readonly Operation<unknown, unknown>[],
  operations: readonly Operation<unknown, unknown>[],
  model: Model<unknown, unknown, unknown>,
): boolean {
  const isWhole = operations.every(
    (operation) => operation.outcome.status !== 'ok' || order.includes(operation),
  );
  const keepsTime = order.every((later, index) =>
    order.slice(0, index).every((earlier) => !(later.returned < earlier.invoked)),
  );
  let states = [model.initial(operations)];
  for (const { op, outcome } of order) {
    if (outcome.status === 'failed') return false;
    states = states.flatMap((state) => model.step(state, op, outcome));
  }
  return isWhole && keepsTime && states.length > 0 && new Set(order).size === order.length;
}
