/** What a plan must say, and what it must not. */
import { type Flow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { planRuns } from '../../src/plan/plan-runs.ts';

const never = (): never => {
  throw new Error('A real function was called.');
};

const orders = workflow('Orders', (flow: Flow<void>) => {
  flow.forEach('Orders', [], never, (each) => {
    const mail = each.action('Mail', never);
    each.condition('Large', [mail], never, {
      then: (then) => void then.action('Approve', never),
      else: (otherwise) => void otherwise.action('Archive', never),
    });
  });
});

const known: Plan = {
  actions: {
    Orders: { items: 2 },
    'Orders/Mail': { duration: '1s' },
    'Orders/Large/then/Approve': { duration: '1s' },
  },
};

const withActions = (actions: Plan['actions']): Plan => ({
  actions: { ...known.actions, ...actions },
});

describe('a plan', () => {
  it('need not know what is in branches that are never taken', async () => {
    const { rows } = await planRuns(orders, known, { degrees: [1] });
    expect(rows[0]?.makespan.mean).toBe(4_000);
  });

  it('is incomplete without durations and items, and shows what to write', async () => {
    const planned = planRuns(orders, { actions: { 'Orders/Large': { takes: 'else' } } });
    const error = await planned.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'PLAN_INCOMPLETE',
      missing: {
        Orders: 'items',
        'Orders/Mail': 'duration',
        'Orders/Large/else/Archive': 'duration',
      },
    });
    expect(String(error)).toContain('"Orders/Mail": {\n      "duration": "2s"');
  });

  it('can have one duration for all that say none', async () => {
    const plan = { duration: '2s', actions: { Orders: { items: 3 } } } as const;
    const { rows } = await planRuns(orders, plan, { degrees: [1] });
    expect(rows[0]?.makespan.mean).toBe(12_000);
  });

  it('can say median and 95th percentile', async () => {
    const spread = { median: '1s', p95: '3s' } as const;
    const plan = withActions({ Orders: { items: 400 }, 'Orders/Mail': { duration: spread } });
    const { rows } = await planRuns(orders, plan, { degrees: [1], samples: 1 });
    // The mean of such a log-normal distribution is 1.25 s, and the second action takes 1 s.
    expect((rows[0]?.makespan.mean ?? 0) / 400 / 2_250).toBeCloseTo(1, 1);
  });
});

it.each<[string, Plan, string]>([
  ['a mistyped address', withActions({ 'Orders/Mial': { duration: 1 } }), 'Orders/Mail'],
  [
    'a fact of another kind',
    withActions({ Orders: { items: 1, duration: 1 } as never }),
    'duration',
  ],
  ['a mistyped fact', withActions({ 'Orders/Mail': { durations: 1 } as never }), 'duration'],
  ['a mistyped field', { ...known, action: {} } as never, 'actions'],
  ['items that are no count', withActions({ Orders: { items: 1.5 } }), 'whole number'],
  ['a duration that is none', withActions({ 'Orders/Mail': { duration: 'soon' as '1s' } }), 'soon'],
  [
    'a negative spread',
    withActions({ 'Orders/Mail': { duration: { mean: 1, sigma: -1 } } }),
    'sigma',
  ],
  [
    'a p95 below the median',
    withActions({ 'Orders/Mail': { duration: { median: 2, p95: 1 } } }),
    'p95',
  ],
  ['a share above 1', withActions({ 'Orders/Mail': { duration: 1, failures: 2 } }), '0 to 1'],
  ['a branch that is not there', withActions({ 'Orders/Large': { takes: 'Then' } }), 'then, else'],
  ['shares of not all', withActions({ 'Orders/Large': { takes: { then: 0.5 } } }), '0.5'],
  ['calls of nothing', withActions({ 'Orders/Mail': { duration: 1, calls: 2 } }), 'connector'],
  [
    'an unknown connector',
    withActions({ 'Orders/Mail': { duration: 1, connector: 'x' } }),
    'connectors',
  ],
  ['unknown limits', { ...known, connectors: { a: 'sharePont' } }, 'sharePoint'],
  ['a limit that is none', { ...known, connectors: { a: { slots: 0 } } }, 'slots|max|concurrency'],
  ['a mistyped limit', { ...known, connectors: { a: { rates: [] } as never } }, 'rate'],
  ['a wrong retry', { ...known, connectors: { a: { retry: { type: 'often' } as never } } }, 'type'],
  ['no object', [] as never, 'object'],
])('refuses %s', async (_, plan, hint) => {
  const error = await planRuns(orders, plan).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PLAN_INVALID' });
  expect(String(error)).toMatch(new RegExp(hint));
});

it.each([
  [{ loop: 'Order' }, 'Orders'],
  [{ degrees: [0] }, 'degrees'],
  [{ degrees: [] }, 'degrees'],
  [{ samples: 0 }, 'samples'],
])('refuses the options %j', async (options, hint) => {
  const error = await planRuns(orders, known, options).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'PLAN_INVALID' });
  expect(String(error)).toContain(hint);
});
