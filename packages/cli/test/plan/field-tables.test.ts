/** The tables that people have measured, predicted. */
import { readFileSync } from 'node:fs';
import { type Flow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { updateItems } from '../../examples/sharepoint-updates.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planRuns } from '../../src/plan/plan-runs.ts';
import type { PlanTable } from '../../src/plan/plan-table.ts';

const never = (): never => {
  throw new Error('A real handler was called.');
};

/** Seconds, by degree. */
const seconds = ({ rows }: PlanTable) =>
  Object.fromEntries(rows.map(({ degree, makespan }) => [degree, makespan.mean / 1_000]));

describe('100 updates of SharePoint items', async () => {
  const file = new URL('../../examples/sharepoint-updates.plan.json', import.meta.url);
  const plan: Plan = JSON.parse(readFileSync(file, 'utf8'));
  const table = await planRuns(updateItems, plan, { samples: 40 });

  it.each([
    [1, '8 to 10 minutes', 480, 600],
    [5, '2 to 3 minutes', 120, 180],
    [10, '90 to 120 seconds', 90, 120],
    [20, '75 to 120 seconds', 75, 120],
    [50, '90 to 150 seconds', 90, 150],
  ])('take %i at once %s, with each of 40 seeds', (degree, _, least, most) => {
    const { makespan } = table.rows.find((row) => row.degree === degree) ?? {};
    expect(makespan?.least).toBeGreaterThanOrEqual(least * 1_000);
    expect(makespan?.most).toBeLessThanOrEqual(most * 1_000);
  });

  it('are throttled at 20 and 50 at once, and not below', () => {
    const shares = table.rows.map(({ refused, calls }) => Math.round((100 * refused) / calls));
    expect(shares.slice(0, 3)).toEqual([0, 0, 0]);
    expect(shares[3]).toBeGreaterThan(5);
    expect(shares[4]).toBeGreaterThan(45);
    const waiting = table.rows.map((row) => row.waiting);
    expect(waiting.slice(0, 3)).toEqual([0, 0, 0]);
    expect(waiting[4]).toBeGreaterThan(0.5);
  });

  it('say why they are not faster, and which degree to take', () => {
    const bindings = table.rows.map(({ binds }) => ('limit' in binds ? binds.limit : binds.by));
    expect(bindings).toEqual(['degree', 'degree', 'contention', 'rate', 'rate']);
    expect(table.recommended).toEqual({ degree: 20, fastest: 20, calm: 10 });
  });

  it('stand next to both readings of the formula', () => {
    const [reading] = table.formulas;
    expect(reading).toMatchObject({ limitPerMinute: 120, callsPerIteration: 2 });
    expect((reading?.iterationTime ?? 0) / 5_100).toBeCloseTo(1, 1);
    expect(reading).toMatchObject({ safeConcurrency: 2, iterationsPerMinute: 30 });
  });
});

it('a loop of 4 items takes 21, 11, 6 and 6 seconds', async () => {
  const flow = workflow('Four', (root: Flow<void>) => {
    const connected = root.action('Connect', never);
    root.forEach('Items', [connected], never, (each) => void each.action('Work', never));
  });
  const actions = {
    Connect: { duration: '1s' },
    Items: { items: 4 },
    'Items/Work': { duration: '5s' },
  } as const;
  const table = await planRuns(flow, { actions }, { degrees: [1, 2, 4, 6] });
  expect(seconds(table)).toEqual({ 1: 21, 2: 11, 4: 6, 6: 6 });
  expect(table.rows.map(({ binds }) => binds.by)).toEqual([
    ...['degree', 'degree', 'critical path', 'critical path'],
  ]);
  expect(table.recommended.degree).toBe(4);
});

it('100 items of 3 seconds take 5 minutes one by one', async () => {
  const flow = workflow('Hundred', (root: Flow<void>) => {
    root.forEach('Items', [], never, (each) => void each.action('Work', never));
  });
  const actions = { Items: { items: 100 }, 'Items/Work': { duration: '3s' } } as const;
  expect(seconds(await planRuns(flow, { actions }, { degrees: [1] }))).toEqual({ 1: 300 });
});

describe('the order', () => {
  const order = workflow('Fulfil_Order', (flow: Flow<void>) => {
    const stock = flow.action('Validate_Inventory', never);
    const crm = flow.action('Create_CRM_Record', [stock], never);
    const mail = flow.action('Send_Confirmation_Email', [stock], never);
    const chat = flow.action('Post_Teams_Notification', [stock], never);
    flow.action('Update_Order_Status', [crm, mail, chat], never);
  });
  const actions = {
    Validate_Inventory: { duration: '2s' },
    Create_CRM_Record: { duration: '4s' },
    Send_Confirmation_Email: { duration: '3s' },
    Post_Teams_Notification: { duration: '3.5s' },
    Update_Order_Status: { duration: '1s' },
  } as const;

  it('takes as long as its critical path when its branches run side by side', async () => {
    const table = await planRuns(order, { actions }, { degrees: [1, 2, 3, 10] });
    expect(table.varies).toEqual({ kind: 'maxConcurrentActions' });
    expect(table.criticalPath).toBe(7_000);
    expect(seconds(table)).toEqual({ 1: 13.5, 2: 9.5, 3: 7, 10: 7 });
    expect(table.recommended.degree).toBe(3);
    expect(table.rows.at(-1)?.binds).toEqual({ by: 'critical path' });
  });
});
