/**
 * One customer at a time, many customers at once: a loop with a key.
 *
 * The page is docs/cookbook/one-customer-at-a-time.md.
 * @module
 */
import assert from 'node:assert/strict';
import { virtualClock } from '@runafter/clock';
import { boundedMap, type Flow, start, workflow } from '@runafter/core';

const clock = virtualClock({ autoAdvance: true });
const seconds = () => clock.monotonic() / 1000;

interface Report {
  readonly title: string;
  readonly customer: string;
}

const reports: Report[] = ['Adatum', 'Contoso', 'Fabrikam', 'Litware'].flatMap((customer) =>
  ['sales', 'support', 'stock'].map((title) => ({ title, customer })),
);

/** A table without a unique key. Every call takes a second. */
class Customers {
  readonly rows: string[] = [];

  async find(name: string): Promise<string | undefined> {
    await clock.sleep('1s');
    return this.rows.find((row) => row === name);
  }

  async create(name: string): Promise<string> {
    await clock.sleep('1s');
    this.rows.push(name);
    return name;
  }
}

async function asPeopleWriteIt(): Promise<void> {
  const customers = new Customers();
  // #region bug
  await boundedMap(reports, { concurrency: 4 }, async ({ customer }) => {
    const found = await customers.find(customer);
    if (!found) await customers.create(customer); // the others have found nothing either
  });
  assert.ok(customers.rows.length > 4); // there are four customers
  // #endregion
}

async function withKey(): Promise<void> {
  const customers = new Customers();
  const begin = seconds();
  // #region fix
  const fileReports = workflow('File_Reports', (flow: Flow<Report[]>) => {
    flow.forEach(
      'Reports',
      [],
      (_, { input }) => input,
      (each) => {
        each.action('Find_Or_Create_Customer', async ({ item }) => {
          const found = await customers.find(item.customer);
          return found ?? customers.create(item.customer);
        });
      },
      { concurrency: 4, key: ({ customer }) => customer },
    );
  });

  await start(fileReports, reports, { clock }).finished;
  assert.deepEqual(customers.rows, ['Adatum', 'Contoso', 'Fabrikam', 'Litware']);
  assert.equal(seconds() - begin, 4); // one after the other it would take 16 s
  // #endregion
}

await asPeopleWriteIt();
await withKey();
