/**
 * Create the customer once: of all who find none, one creates, and all get the same one.
 *
 * The page is docs/cookbook/create-the-customer-once.md.
 * @module
 */
import assert from 'node:assert/strict';
import { type Creation, createIfAbsent, createOnce } from '@runafter/claim';
import { virtualClock } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import { memoryDocumentStore } from '@runafter/optimistic';

const clock = virtualClock({ autoAdvance: true });

interface Customer {
  readonly id: string;
  readonly mail: string;
}

/** A CRM without a unique key, as most are. Every call takes a second. */
class Crm {
  readonly customers: Customer[] = [];
  readonly #byIdempotencyKey = new Map<string, Customer>();

  async find(mail: string): Promise<Customer | undefined> {
    await clock.sleep('1s');
    return this.customers.find((customer) => customer.mail === mail);
  }

  async create(mail: string, idempotencyKey?: string): Promise<Customer> {
    await clock.sleep('1s');
    const known = this.#byIdempotencyKey.get(idempotencyKey ?? '');
    if (known !== undefined) return known;
    const customer = { id: `C-${this.customers.length + 1}`, mail };
    this.customers.push(customer);
    if (idempotencyKey !== undefined) this.#byIdempotencyKey.set(idempotencyKey, customer);
    return customer;
  }
}

interface Order {
  readonly mail: string;
}

async function asPeopleWriteIt(): Promise<void> {
  const crm = new Crm();
  // #region bug
  const findOrCreate = async (mail: string) => (await crm.find(mail)) ?? (await crm.create(mail));

  const newOrder = workflow('New_Order', (flow: Flow<Order>) => {
    flow.action('Create_Invoice', ({ input }) => findOrCreate(input.mail));
    flow.action('Create_Shipment', ({ input }) => findOrCreate(input.mail));
  });

  await start(newOrder, { mail: 'ada@contoso.com' }, { clock }).finished;
  assert.equal(crm.customers.length, 2); // both looked before either had created
  // #endregion
}

async function withCreateOnce(): Promise<void> {
  const crm = new Crm();
  // #region fix
  // Or blobDocumentStore, redisDocumentStore, postgresDocumentStore, …: whatever all of them can reach.
  const customers = memoryDocumentStore<Creation<Customer>>();

  const theCustomer = (mail: string) =>
    createOnce(
      customers,
      mail,
      async ({ idempotencyKey }) => (await crm.find(mail)) ?? crm.create(mail, idempotencyKey),
      { clock },
    );

  const newOrder = workflow('New_Order', (flow: Flow<Order>) => {
    const invoice = flow.action('Create_Invoice', ({ input }) => theCustomer(input.mail));
    const shipment = flow.action('Create_Shipment', ({ input }) => theCustomer(input.mail));
    return flow.action('Close', [invoice, shipment], (customers) => customers.map(({ id }) => id));
  });

  const order = { mail: 'ada@contoso.com' };
  const runs = await Promise.all(
    Array.from({ length: 20 }, () => start(newOrder, order, { clock }).finished),
  );
  assert.equal(crm.customers.length, 1);
  for (const run of runs) {
    assert(run.status === 'Succeeded');
    assert.deepEqual(run.outputs, ['C-1', 'C-1']);
  }
  // #endregion
}

async function whoDiesInBetween(): Promise<void> {
  const crm = new Crm();
  const customers = memoryDocumentStore<Creation<Customer>>();
  const mail = 'ada@contoso.com';
  // #region crash
  // A process has claimed the key, has created the customer, and has died before it could say so.
  const idempotencyKey = 'made-up-when-the-key-was-claimed';
  await customers.create(mail, {
    ...{ state: 'claimed', idempotencyKey, owner: 'web-1', ttl: 30_000, renewals: 0 },
  });
  await crm.create(mail, idempotencyKey);

  const customer = await createOnce(
    customers,
    mail,
    ({ idempotencyKey }) => crm.create(mail, idempotencyKey),
    { clock },
  );
  assert.equal(customer.id, 'C-1');
  assert.equal(crm.customers.length, 1); // made twice, with one key: the CRM knows that it has done it
  // #endregion
}

async function whereTheStoreIsTheRecord(): Promise<void> {
  // #region record
  const customers = memoryDocumentStore<{ name: string }>(); // a table, a container, a SharePoint list

  const [first, second] = await Promise.all([
    createIfAbsent(customers, 'ada@contoso.com', { name: 'Ada' }),
    createIfAbsent(customers, 'ada@contoso.com', { name: 'Ada L.' }),
  ]);
  assert.deepEqual([first.created, second.created], [true, false]);
  assert.deepEqual(second.value, { name: 'Ada' }); // the winner's
  // #endregion
}

await asPeopleWriteIt();
await withCreateOnce();
await whoDiesInBetween();
await whereTheStoreIsTheRecord();
