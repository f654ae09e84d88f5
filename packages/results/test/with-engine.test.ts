/** The functions on what the engine really hands over: iterations, records of a scope, results. */
import { type Flow, on, settled, start, workflow } from '@runafter/core';
import { RunafterError } from '@runafter/errors';
import { expect, test } from 'vitest';
import { collect, consolidate, groupErrorsByCode, partition, tally } from '../src/index.ts';

interface Order {
  readonly sku: string;
  readonly stock: number;
}

const orders: readonly Order[] = [
  { sku: 'desk', stock: 2 },
  { sku: 'lamp', stock: 0 },
  { sku: 'sofa', stock: 1 },
  { sku: 'door', stock: 0 },
];

function reserve({ sku, stock }: Order): string {
  if (stock === 0) throw new RunafterError('OUT_OF_STOCK', `No ${sku} is left.`);
  return `${sku} reserved`;
}

test('a handler after a loop sees what succeeded, what failed and why', async () => {
  const flow = workflow('Reserve_All', (flow: Flow<readonly Order[]>) => {
    const loop = flow.forEach(
      'Reserve',
      [],
      (_, { input }) => input,
      (each) => each.action('Hold', ({ item }) => reserve(item)),
      { concurrency: 2 },
    );
    return flow.action('Summary', [settled(loop)], ([loop]) => ({
      counts: tally(loop.iterations),
      reserved: collect(loop.iterations),
      missing: partition(loop.iterations).failed.map(({ item, error }) => [item.sku, error.code]),
      errors: [...groupErrorsByCode(loop.iterations).values()].map(({ code, count }) => [
        code,
        count,
      ]),
      sameCounts: loop.counts,
    }));
  });
  const run = await start(flow, orders).finished;
  expect(run).toMatchObject({
    status: 'Succeeded',
    outputs: {
      counts: { total: 4, Succeeded: 2, Failed: 2 },
      reserved: ['desk reserved', 'sofa reserved'],
      missing: [
        ['lamp', 'OUT_OF_STOCK'],
        ['door', 'OUT_OF_STOCK'],
      ],
      errors: [['OUT_OF_STOCK', 2]],
    },
  });
  if (run.status === 'Succeeded') expect(run.outputs.counts).toEqual(run.outputs.sameCounts);
});

test('the records of a scope fall apart into three lists; what was skipped says why', async () => {
  const flow = workflow('Scoped', (flow: Flow<Order>) => {
    const scope = flow.scope('Notify', [], (scope) => {
      const hold = scope.action('Hold', ({ input }) => reserve(input));
      const mail = scope.action('Mail', [hold], ([held]) => held);
      const note = scope.action('Note', () => 'noted');
      scope.action('Close', [mail, note], () => 'closed');
    });
    return flow.action('Look', [settled(scope)], ([scope]) => partition(scope.results));
  });
  const run = await start(flow, { sku: 'lamp', stock: 0 }).finished;
  if (run.status !== 'Succeeded') throw new Error(run.error.message);
  const { succeeded, failed, skipped } = run.outputs;
  expect(succeeded.map(({ name }) => name)).toEqual(['Note']);
  expect(failed.map(({ name, error }) => [name, error.code])).toEqual([['Hold', 'OUT_OF_STOCK']]);
  expect(skipped.map(({ name }) => name)).toEqual(['Mail', 'Close']);
  for (const { error } of skipped) expect(error.message).not.toBe('');
});

const lookUp = workflow('Look_Up', (flow: Flow<{ readonly crm: Order; readonly erp: Order }>) => {
  const crm = flow.action('Crm', ({ input }) => reserve(input.crm));
  const erp = flow.action('Erp', ({ input }) => reserve(input.erp));
  return flow.action('Customer', [settled(crm), settled(erp)], ([crm, erp]) =>
    consolidate({ crm, erp }, { require: ['crm'], standIns: { erp: () => 'from the cache' } }),
  );
});

test('consolidate puts results of settled(x) together', async () => {
  const [desk, lamp] = orders as [Order, Order];
  const run = await start(lookUp, { crm: desk, erp: lamp }).finished;
  expect(run).toMatchObject({
    status: 'Succeeded',
    outputs: {
      data: { crm: 'desk reserved', erp: 'from the cache' },
      missing: [
        { source: 'erp', status: 'Failed', error: { code: 'OUT_OF_STOCK' }, standIn: true },
      ],
    },
  });
});

test('a required source that is missing fails the action with SOURCE_MISSING', async () => {
  const [desk, lamp] = orders as [Order, Order];
  const run = await start(lookUp, { crm: lamp, erp: desk }).finished;
  expect(run.results.find(({ name }) => name === 'Customer')).toMatchObject({
    status: 'Failed',
    error: { code: 'SOURCE_MISSING', message: expect.stringContaining('"crm" ended Failed') },
  });
});

test('consolidate takes the result of on(x, …), too', async () => {
  const flow = workflow('Handled', (flow: Flow<Order>) => {
    const hold = flow.action('Hold', ({ input }) => reserve(input));
    return settled(
      flow.action('Explain', [on(hold, 'Failed')], ([hold]) => consolidate({ hold }).missing),
    );
  });
  const run = await start(flow, { sku: 'lamp', stock: 0 }).finished;
  expect(run).toMatchObject({
    outputs: { outputs: [{ source: 'hold', status: 'Failed', standIn: false }] },
  });
});
