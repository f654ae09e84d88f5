/**
 * The examples of the concept pages that no recipe of the cookbook has.
 *
 * The pages are in docs/concepts/.
 * @module
 */
import assert from 'node:assert/strict';
import { seededRandom, virtualClock } from '@runafter/clock';
import { event, type Flow, failed, settled, start, workflow } from '@runafter/core';
import { describeCode } from '@runafter/errors';
import { telemetry } from '@runafter/otel';
import { jitterExecutor } from '@runafter/testkit';

const inventory = { check: (sku: string) => ({ sku, left: 3 }) };
const crm = { create: (sku: string) => `crm-${sku}` };

// #region graph
const order = workflow('Order', (flow) => {
  const a = flow.action('A', () => 'a');
  const b = flow.action('B', () => 'b');
  const c = flow.action('C', [a, b], ([a, b]) => a + b); // after both
  const d = flow.action('D', [a], ([a]) => a.toUpperCase()); // after A: it does not wait for B
  return flow.action('E', [c, d], ([c, d]) => `${c} ${d}`);
});
// #endregion
const ordered = await start(order, undefined).finished;
assert(ordered.status === 'Succeeded');
assert.equal(ordered.outputs, 'ab A');

// #region scope
const provision = workflow('Provision', (flow) => {
  const stock = flow.action('Check', () => inventory.check('A-17'));
  const records = flow.scope('Records', [stock], (scope, [stock]) =>
    scope.action('Create', [stock], ([{ sku }]) => crm.create(sku)),
  );
  flow.action('Tell_Operations', [failed(records)], ([{ error, results }]) => {
    console.log(error.message, results);
  });
  return flow.action('Close', [records], ([id]) => `closed ${id}`);
});
// #endregion
const provisioned = await start(provision, undefined).finished;
assert(provisioned.status === 'Succeeded');
assert.equal(provisioned.outputs, 'closed crm-A-17');

// #region child
const hire = workflow('Hire', (flow: Flow<{ name: string }>) =>
  flow.action('Create_Account', ({ input }) => `${input.name}@contoso.com`),
);

const monday = workflow('Monday', (flow: Flow<string[]>) =>
  flow.forEach(
    'Hires',
    [],
    (_, { input }) => input,
    (each) => each.child('Hire', [], hire, (_, { item }) => ({ name: item })),
    { concurrency: 5 },
  ),
);

const hired = start(monday, ['ada', 'grace'], { runId: 'monday' });
await hired.finished;
assert.equal(hired.result('Hires[1]/Hire')?.childRunId, 'monday/Hires[1]/Hire');
// #endregion
assert.deepEqual(hired.result('Hires')?.outputs, ['ada@contoso.com', 'grace@contoso.com']);

// #region code
const pay = workflow('Pay', (flow) => {
  flow.action('Charge', () => {
    throw Object.assign(new Error('The service is busy.'), { status: 429 });
  });
});

const paid = await start(pay, undefined).finished;
assert(paid.status === 'Failed');
assert.equal(paid.error.code, 'HTTP_429'); // and results[0].error has the cause
console.log(describeCode('RUN_HELD').fix); // what to do about a code of ours
// #endregion
assert.ok(paid.results[0]?.error?.cause instanceof Error);

// #region telemetry
const otel = telemetry(); // the tracer and meter of the global providers
await start(order, undefined, { telemetry: otel }).finished;
// #endregion

// #region secure
const token = workflow('Token', (flow) => {
  const secret = flow.action('Sign_In', () => 'hunter2', { secure: { outputs: true } });
  return flow.action('Use', [secret], ([secret]) => secret.length);
});

const run = start(token, undefined);
const { results } = await run.finished;
assert.equal(results[0]?.outputs, '[secure]'); // and so are the inputs of Use, by themselves
assert.ok(!JSON.stringify(run.result('Use')).includes('hunter2'));
// #endregion

// #region wait
const approval = event<{ approved: boolean }>('approval');

const vacation = workflow('Vacation', (flow) => {
  const answer = flow.waitFor('Manager', [], approval, { timeout: '3d' });
  return flow.action('Book', [settled(answer)], ([answer]) =>
    answer.status === 'Succeeded' && answer.outputs.approved ? 'booked' : 'not booked',
  );
});

const waiting = start(vacation, undefined);
await waiting.signal(approval, { approved: true }); // before or after the wait has begun
const booked = await waiting.finished;
// #endregion
assert(booked.status === 'Succeeded');
assert.equal(booked.outputs, 'booked');

// #region virtual
const clock = virtualClock({ autoAdvance: true });
const slow = workflow('Slow', (flow) =>
  flow.forEach(
    'Items',
    [],
    () => [1, 2, 3, 4],
    (each) => each.action('Work', () => clock.sleep('5s')),
    { concurrency: 2 },
  ),
);

const { startTime, endTime } = await start(slow, undefined, { clock }).finished;
assert.equal(endTime.getTime() - startTime.getTime(), 10_000); // and no time has passed
// #endregion

// #region jitter
for (let seed = 0; seed < 20; seed++) {
  const executor = jitterExecutor({ clock, random: seededRandom(seed) });
  const late = await start(order, undefined, { clock, executor }).finished;
  assert(late.status === 'Succeeded');
  assert.equal(late.outputs, 'ab A'); // whoever starts first
}
// #endregion
