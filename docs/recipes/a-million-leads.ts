/**
 * A million leads without bringing the house down: one import among others, with bounded memory.
 *
 * The page is docs/cookbook/a-million-leads.md. It is twenty thousand here, for it runs with every change; a million
 * take the same memory.
 * @module
 */
import assert from 'node:assert/strict';
import { fairQueue, requestBudget, runGate } from '@runafter/admission';
import { virtualClock } from '@runafter/clock';
import { boundedMap, type Flow, start, workflow } from '@runafter/core';

interface Lead {
  readonly tenant: string;
  readonly number: number;
}

/** As they come out of a file or of a page after page, one at a time. */
function* leadsOf(tenant: string, count: number): Generator<Lead> {
  for (let number = 0; number < count; number++) yield { tenant, number };
}

/** In the order in which they were stored. */
let stored: Lead[] = [];

async function store(lead: Lead): Promise<void> {
  stored.push(lead);
}

function placeOfLast(tenant: string): number {
  return stored.findLastIndex((lead) => lead.tenant === tenant) + 1;
}

async function oneAfterTheOther(): Promise<void> {
  stored = [];
  // #region bug
  const queue = [...leadsOf('fabrikam', 20_000), ...leadsOf('contoso', 100)];
  await boundedMap(queue, { concurrency: 25 }, store);
  assert.equal(placeOfLast('contoso'), 20_100); // a hundred leads, behind twenty thousand
  // #endregion
}

async function inTurns(): Promise<void> {
  stored = [];
  // #region fair
  const queue = fairQueue<Lead>({ by: ({ tenant }) => tenant, perTenant: 1_000 });

  const importLeads = workflow('Import_Leads', (flow) =>
    flow.forEach(
      'Leads',
      [],
      () => queue,
      (each) => each.action('Store', ({ item }) => store(item)),
      {
        concurrency: 25,
        keep: 'summary',
      },
    ),
  );
  const run = start(importLeads, undefined);

  await Promise.all([
    queue.pushAll(leadsOf('fabrikam', 20_000)), // waits whenever a thousand of its own are in the queue
    queue.pushAll(leadsOf('contoso', 100)),
  ]);
  queue.end();
  await run.finished;
  assert.equal(stored.length, 20_100);
  assert.ok(placeOfLast('contoso') < 1_300); // every second one was contoso's, as soon as there were any
  // #endregion
}

async function soManyRuns(): Promise<void> {
  let atOnce = 0;
  let most = 0;
  const importFile = workflow('Import_File', (flow: Flow<string>) =>
    flow.action('Import', async () => {
      most = Math.max(most, ++atOnce);
      await Promise.resolve();
      atOnce--;
    }),
  );
  const files = Array.from({ length: 30 }, (_, number) => `leads-${number}.csv`);
  // #region gate
  const gate = runGate({ concurrency: 5, waiting: 20 });
  const runs = files.map((file) => start(importFile, file, { gate }));

  const results = await Promise.all(runs.map(({ finished }) => finished));
  const refused = results.filter(
    (run) => run.status === 'Failed' && run.error.code === 'GATE_FULL',
  );
  assert.equal(refused.length, 5); // five were let in, twenty waited, and who came later knows it at once
  // #endregion
  assert.equal(most, 5);
}

async function withinTheBudget(): Promise<void> {
  const clock = virtualClock({ autoAdvance: true });
  stored = [];
  // #region budget
  const budget = requestBudget({ requests: 100_000, per: '5m', clock });

  const since = clock.monotonic();
  await boundedMap(leadsOf('fabrikam', 20_000), { concurrency: 25 }, async (lead) => {
    using _ = await budget.acquire();
    await store(lead);
  });
  const seconds = (clock.monotonic() - since) / 1_000;
  assert.equal(Math.round(seconds), 33); // ten thousand at once, the others at 300 a second; none has failed
  // #endregion
  assert.equal(budget.used, 20_000);
}

await oneAfterTheOther();
await inTurns();
await soManyRuns();
await withinTheBudget();
