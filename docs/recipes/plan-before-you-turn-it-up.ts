/**
 * Plan before you turn it up: how long a job takes at 1, 5, 10, 20 and 50 at once, before anybody has tried.
 *
 * The page is docs/cookbook/plan-before-you-turn-it-up.md.
 * @module
 */
import assert from 'node:assert/strict';
import { mergePlans, type Plan, planFromRun, planRuns } from '@runafter/cli';
import { exponential, virtualClock } from '@runafter/clock';
import { type Flow, memoryRunStore, readSnapshot, start, workflow } from '@runafter/core';

const clock = virtualClock({ autoAdvance: true });

/** Two calls of SharePoint, which take as long as people have measured. */
async function get(id: number): Promise<number> {
  await clock.sleep('2.35s');
  return id;
}

async function update(_id: number, _value: number): Promise<void> {
  await clock.sleep('2.75s');
}

// #region workflow
const retry = exponential({ count: 20, interval: '20s', maximum: '5m' });

const updateItems = workflow('Update_Items', (flow: Flow<readonly number[]>) => {
  flow.forEach(
    'Items',
    [],
    (_, { input }) => input,
    (each) => {
      const read = each.action('Get', ({ item }) => get(item), { retry });
      each.action('Update', [read], ([value], { item }) => update(item, value + 1), { retry });
    },
    { concurrency: 4 },
  );
});
// #endregion

// #region plan
const plan: Plan = {
  actions: {
    Items: { items: 100 },
    'Items/Get': { duration: { mean: '2.35s', sigma: 0.3 }, connector: 'SharePoint' },
    'Items/Update': { duration: { mean: '2.75s', sigma: 0.3 }, connector: 'SharePoint' },
  },
  connectors: {
    SharePoint: {
      rate: { calls: 2, per: '1s', model: 'token-bucket', burst: 40 },
      contention: { perCall: 0.11 }, // each call under way makes the others 11 % slower
      retryAfter: { mean: '15s', spread: 0.3 },
      refusalTime: '300ms',
      refusalCost: 0.25,
    },
  },
};
// #endregion

async function predict(): Promise<void> {
  // #region predict
  const { rows, recommended } = await planRuns(updateItems, plan, { degrees: [1, 5, 10, 20, 50] });
  const seconds = rows.map(({ makespan }) => Math.round(makespan.mean / 1_000));
  const throttled = rows.map(({ refused }) => Math.round(refused));

  assert.deepEqual(seconds, [513, 150, 105, 97, 125]); // 50 at once is slower than 10
  assert.deepEqual(throttled, [0, 0, 0, 21, 247]);
  assert.deepEqual(recommended, { degree: 20, fastest: 20, calm: 10 });
  // #endregion

  // #region binds
  assert.deepEqual(
    rows.map(({ binds }) => (binds.by === 'connector' ? binds.limit : binds.by)),
    ['degree', 'degree', 'contention', 'rate', 'rate'],
  );
  // #endregion
}

async function whatIf(): Promise<void> {
  const store = memoryRunStore({ clock });
  const items = Array.from({ length: 60 }, (_, n) => n);
  await start(updateItems, items, { clock, store, runId: 'week-47' }).finished;

  // #region what-if
  const earlier = planFromRun(await readSnapshot(store, 'week-47'));
  assert.deepEqual(earlier.actions?.Items, { items: 60 });
  assert.deepEqual(earlier.actions?.['Items/Get'], { duration: 2_350 });

  const { rows } = await planRuns(updateItems, earlier, { degrees: [4, 20] });
  assert.deepEqual(
    rows.map(({ makespan }) => makespan.mean),
    [76_500, 15_300], // four at once, as it was; and twenty, if nothing holds them up
  );

  const limited = mergePlans(earlier, {
    actions: { 'Items/Update': { connector: 'outlookSend' } }, // 30 a minute, from connectorLimits
  });
  const [four, twenty] = (await planRuns(updateItems, limited, { degrees: [4, 20] })).rows;
  assert.equal(four?.binds.by, 'connector');
  assert((twenty?.makespan.mean ?? 0) > 60_000); // what the limit costs, at any degree
  // #endregion
}

await predict();
await whatIf();
