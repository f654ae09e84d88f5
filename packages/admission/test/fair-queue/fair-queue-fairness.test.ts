/**
 * What a fair queue promises of shares, for any tenants, weights and costs; and that it stays quick with
 * very many tenants.
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairQueue } from '../../src/index.ts';

interface Item {
  readonly tenant: number;
  readonly cost: number;
}

const share = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom(0.1, 0.25, 0.3, 1.5, 100));

const tenants = fc.array(
  fc.record({
    weight: share,
    costs: fc.array(fc.oneof(fc.integer({ min: 1, max: 12 }), share), {
      minLength: 1,
      maxLength: 20,
    }),
    /** It comes when so many items have been served. */
    comesAt: fc.nat(30),
  }),
  { minLength: 2, maxLength: 5 },
);

describe('between two tenants that have items queued', () => {
  it('what is served differs by less than two rounds and an item of each', async () => {
    await fc.assert(
      fc.asyncProperty(tenants, async (plan) => {
        const served = await serveAll(plan);
        for (const [one, other] of pairs(plan.length)) {
          const [a, b] = [plan[one], plan[other]] as [Plan, Plan];
          const bound = 2 + largest(a) / a.weight + largest(b) / b.weight;
          expect(widestGap(served, one, other, plan)).toBeLessThan(bound + 1e-6);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('comes as close to that as one likes', async () => {
    const turn = 1_000;
    const plan = [
      { weight: turn, costs: [turn, 2 * turn, turn, 1, 2 * turn], comesAt: 0 },
      { weight: turn, costs: [1, 2 * turn, 2 * turn, turn - 1, 2 * turn], comesAt: 0 },
    ];
    const gap = widestGap(await serveAll(plan), 0, 1, plan);

    expect(gap).toBeCloseTo(2 + 2 + 2 - 2 / turn, 9);
  });

  it('differs by less than one round and an item of each where no item costs more than a turn', async () => {
    const plans = tenants.map((plan) =>
      plan.map(({ weight, costs, comesAt }) => {
        const dearest = Math.max(...costs);
        return { weight, costs: costs.map((cost) => (cost / dearest) * weight), comesAt };
      }),
    );
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const served = await serveAll(plan);
        for (const [one, other] of pairs(plan.length)) {
          expect(widestGap(served, one, other, plan)).toBeLessThan(1 + 1 + 1 + 1e-6);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('it is one round and one item where they come together and can pay in each round', async () => {
    const costs = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 30 });
    const weights = fc.tuple(fc.integer({ min: 6, max: 9 }), fc.integer({ min: 6, max: 9 }));
    await fc.assert(
      fc.asyncProperty(costs, costs, weights, async (first, second, [one, other]) => {
        const plan = [
          { weight: one, costs: first, comesAt: 0 },
          { weight: other, costs: second, comesAt: 0 },
        ];
        let gap = 0;
        const sums = [0, 0] as [number, number];
        for (const { tenant, cost, backlogged } of await serveAll(plan)) {
          if (backlogged.size < 2) break;
          sums[tenant as 0 | 1] += cost / (plan[tenant] as Plan).weight;
          gap = Math.max(gap, Math.abs(sums[0] - sums[1]));
        }
        expect(gap).toBeLessThanOrEqual(2 + 1e-6);
      }),
      { numRuns: 200 },
    );
  });

  it('a weight next to nothing is served when nobody else has anything, and earns nothing meanwhile', async () => {
    const queue = fairQueue<Item, number>({
      by: ({ tenant }) => tenant,
      weight: (tenant) => (tenant === 0 ? Number.MIN_VALUE : 1),
      cost: ({ cost }) => cost,
    });
    const order: (number | undefined)[] = [];
    for (let round = 0; round < 3; round++) {
      for (const tenant of [0, 0, 1, 2]) queue.tryPush({ tenant, cost: 1 + tenant });
      for (let taken = 0; taken < 3; taken++) order.push((await queue.next()).value?.tenant);
    }

    expect(order).toEqual([1, 2, 0, 1, 2, 0, 1, 2, 0]);
  });

  it('a tenant waits for one item of each other, however many they are and have queued', async () => {
    const queue = fairQueue<Item, number>({ by: ({ tenant }) => tenant });
    for (let round = 0; round < 100; round++) {
      for (let tenant = 1; tenant <= 50; tenant++) queue.tryPush({ tenant, cost: 1 });
    }
    for (let late = 0; late < 60; late++) {
      for (let taken = 0; taken < late % 7; taken++) await queue.next();
      queue.tryPush({ tenant: 0, cost: 1 });
      let waited = 0;
      while ((await queue.next()).value?.tenant !== 0) waited++;
      expect(waited).toBeLessThanOrEqual(50);
    }
  });
});

describe('with 100,000 tenants', () => {
  it.each<[string, (item: Item) => number]>([
    ['of one item each', () => 1],
    [
      'of items whose costs are all different, and large',
      ({ tenant }) => 1_000 + ((tenant * 7_919) % 99_991),
    ],
  ])('%s, an item takes no longer than with few', async (_, cost) => {
    const queue = fairQueue<Item, number>({ by: ({ tenant }) => tenant, cost });
    const count = 100_000;
    for (let tenant = 0; tenant < count; tenant++) queue.tryPush({ tenant, cost: 1 });
    const seen = new Set<number | undefined>();
    for (let taken = 0; taken < count; taken++) seen.add((await queue.next()).value?.tenant);

    // A look at every tenant for each item would take minutes.
    expect(seen.size).toBe(count);
    expect(queue.tenants()).toEqual([]);
  });
});

interface Plan {
  readonly weight: number;
  readonly costs: readonly number[];
  readonly comesAt: number;
}

interface Served extends Item {
  /** Who had something queued before it was served. */
  readonly backlogged: ReadonlySet<number>;
}

async function serveAll(plan: readonly Plan[]): Promise<Served[]> {
  const queue = fairQueue<Item, number>({
    by: ({ tenant }) => tenant,
    cost: (item) => item.cost,
    weight: (tenant) => (plan[tenant] as Plan).weight,
  });
  const count = plan.reduce((sum, { costs }) => sum + costs.length, 0);
  const served: Served[] = [];
  const arrived = new Set<number>();
  while (served.length < count) {
    const next = Math.min(
      ...plan.filter((_, at) => !arrived.has(at)).map(({ comesAt }) => comesAt),
    );
    const now = queue.size === 0 ? Math.max(next, served.length) : served.length;
    for (const [tenant, { comesAt, costs }] of plan.entries()) {
      if (comesAt > now || arrived.has(tenant)) continue;
      arrived.add(tenant);
      for (const cost of costs) queue.tryPush({ tenant, cost });
    }
    const backlogged = new Set(queue.tenants().map(({ tenant }) => tenant));
    const { value } = await queue.next();
    served.push({ ...(value as Item), backlogged });
  }
  return served;
}

/** The most that the shares of the two differ over any stretch in which both have items queued. */
function widestGap(
  served: readonly Served[],
  one: number,
  other: number,
  plan: readonly Plan[],
): number {
  let widest = 0;
  for (let from = 0; from < served.length; from++) {
    let gap = 0;
    for (let at = from; at < served.length; at++) {
      const { tenant, cost, backlogged } = served[at] as Served;
      if (!backlogged.has(one) || !backlogged.has(other)) break;
      const share = cost / (plan[tenant] as Plan).weight;
      if (tenant === one) gap += share;
      if (tenant === other) gap -= share;
      widest = Math.max(widest, Math.abs(gap));
    }
  }
  return widest;
}

function largest({ costs }: Plan): number {
  return Math.max(...costs);
}

function pairs(count: number): [number, number][] {
  return Array.from({ length: count }, (_, one) =>
    Array.from({ length: one }, (_, other): [number, number] => [one, other]),
  ).flat();
}
