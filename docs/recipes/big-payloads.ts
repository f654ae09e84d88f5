/**
 * Big outputs: keep what is needed, and be told early when there is too much.
 *
 * The page is docs/symptoms.md.
 * @module
 */
import assert from 'node:assert/strict';
import { type Flow, start, workflow } from '@runafter/core';

interface Account {
  readonly id: number;
  readonly name: string;
  readonly history: string;
}

const crm = {
  read: (id: number): Account => ({ id, name: `account ${id}`, history: '.'.repeat(100_000) }),
};

async function* allIds(): AsyncGenerator<number> {
  for (let id = 0; id < 10_000; id++) yield id;
}

// #region trim
const readAccounts = workflow('Read_Accounts', (flow: Flow<void>) =>
  flow.forEach(
    'Accounts',
    [],
    () => allIds(), // pulled one by one, as there is room
    (each) => {
      each.action('Read', ({ item }) => crm.read(item), {
        select: ({ id, name }) => ({ id, name }), // the history is gone at once
        payloadLimit: 1_000, // more than that is a mistake
      });
    },
    { concurrency: 20, keep: 'summary' }, // counts, and no records
  ),
);

const result = await start(readAccounts, undefined).finished;
assert(result.status === 'Succeeded');
assert.equal(result.outputs.Succeeded, 10_000);
assert.ok(result.usage.payloadBytes < 1_000_000); // not a gigabyte
// #endregion

const untrimmed = workflow('Untrimmed', (flow: Flow<void>) => {
  flow.action('Read', () => crm.read(1), { payloadLimit: 1_000 });
});
const refused = await start(untrimmed, undefined).finished;
assert(refused.status === 'Failed');
assert.equal(refused.error.code, 'PAYLOAD_TOO_LARGE');
