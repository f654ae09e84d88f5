import { fixed, isTransient, retry, virtualClock } from '@runafter/clock';
import { describe, expect, test } from 'vitest';
import { type OfficeError, officeClient } from '../src/index.ts';
import { quietOffice } from './quiet-office.ts';

interface Report {
  Title: string;
  Status: string;
}

interface Customer {
  crm_name: string;
  crm_city: string;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

async function furnished() {
  const office = await quietOffice();
  office.createList(
    'Reports',
    ['Title', 'Status'],
    ['North', 'South', "O'Neil"].map((Title) => ({ Title, Status: 'Pending' })),
  );
  office.createTable('crm_customers', ['crm_name', 'crm_city'], {
    keys: ['crm_name'],
    rows: [{ crm_name: 'Contoso', crm_city: 'Oslo' }],
  });
  const client = officeClient(office.url, { connection: 'weekly-reports' });
  const reports = client.list<Report>('Reports');
  const customers = client.table<Customer>('crm_customers');
  return { office, client, reports, customers };
}

const failureOf = (promise: Promise<unknown>): Promise<OfficeError> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: OfficeError) => error,
  );

test('a list is read over all its pages, filtered, created in, updated and deleted from', async () => {
  const { office, reports } = await furnished();
  const items = await collect(reports.items({ pageSize: 2 }));
  expect(items.map(({ fields }) => fields.Title)).toEqual(['North', 'South', "O'Neil"]);

  const [found] = await collect(reports.items({ where: { Title: "O'Neil" } }));
  expect(found).toEqual(office.inspect.items('Reports')[2]);

  const created = await reports.create({ Title: 'West' });
  const etag = await reports.update(created.id, created.etag, { Status: 'Complete' });
  expect(await reports.get(created.id)).toEqual({
    id: 4,
    etag,
    fields: { Title: 'West', Status: 'Complete' },
  });
  await reports.remove(created.id, etag);
  expect(office.inspect.items('Reports')).toHaveLength(3);
});

test('a table is read over all its pages, searched, created in, updated and deleted from', async () => {
  const { office, customers } = await furnished();
  const created = await customers.create({ crm_name: "O'Neil" });
  const rows = await collect(customers.rows({ pageSize: 1 }));
  expect(rows.map(({ fields }) => fields.crm_name)).toEqual(['Contoso', "O'Neil"]);
  expect(await customers.find({ crm_name: "O'Neil" })).toEqual(created);
  expect(await customers.find({ crm_name: 'Nobody' })).toBeUndefined();
  const updated = await customers.update(created.id, created.etag, { crm_city: 'Rome' });
  expect(await customers.get(created.id)).toEqual(updated);
  await customers.remove(created.id, updated.etag);
  expect(office.inspect.rows('crm_customers')).toHaveLength(1);
});

test('mail and chat are sent once for a key', async () => {
  const { office, client } = await furnished();
  const mail = { to: ['ada@example.com'], subject: 'Done', body: 'All of it.' };
  const message = { team: 'Sales', channel: 'Weekly reports', text: 'Done' };
  for (let attempt = 0; attempt < 2; attempt++) {
    await client.mail.send(mail, { idempotencyKey: 'run/Mail' });
    await client.chat.post(message, { idempotencyKey: 'run/Chat' });
  }
  expect(office.inspect.mails()).toEqual([mail]);
  expect(office.inspect.messages()).toEqual([message]);
  expect(office.inspect.writes('run/Mail')[0]?.connection).toBe('weekly-reports');
});

describe('a failure says what it was about and what to do:', () => {
  test('a table that is not there', async () => {
    const { client } = await furnished();
    const error = await failureOf(client.table('crm_reprots').create({}));
    expect(error.message).toBe(
      'Dataverse has no table "crm_reprots" (404, 0x8006088a). ' +
        'Check the name: it is the plural one, and upper and lower case differ.',
    );
    expect(error).toMatchObject({ service: 'dataverse', status: 404, code: '0x8006088a' });
    expect(isTransient(error)).toBe(false);
  });

  test('a row that is there already', async () => {
    const { customers } = await furnished();
    const error = await failureOf(customers.create({ crm_name: 'Contoso' }));
    expect(error.message).toBe(
      'Dataverse already has a row with this key in "crm_customers" (409, 0x80040237). ' +
        'Read that row by its key instead of creating another.',
    );
  });

  test('an item that somebody else has changed', async () => {
    const { reports } = await furnished();
    const item = await reports.get(2);
    await reports.update(2, item.etag, { Status: 'Processing' });
    const error = await failureOf(reports.update(2, item.etag, { Status: 'Complete' }));
    expect(error.message).toBe(
      'SharePoint could not update item 2 of the list "Reports", because somebody else changed it ' +
        'since it was read (412). Read it again, repeat the change on what is there now, and write ' +
        'with the new ETag.',
    );
  });

  test('a connection that is throttled', async () => {
    const { office, client } = await furnished();
    office.faults.on({ kind: 'throttle', retryAfter: '12s' });
    const mail = { to: ['ada@example.com'], subject: 'North', body: '' };
    const error = await failureOf(client.mail.send(mail));
    expect(error.message).toBe(
      'Outlook throttles the connection "weekly-reports" and did not send the mail "North" (429). ' +
        'Try again in 12s.',
    );
    expect(error).toMatchObject({ status: 429, retryAfter: 12_000 });
  });

  test('a reply that was lost', async () => {
    const { office, client } = await furnished();
    office.faults.on({ kind: 'lostReply' });
    const message = { team: 'Sales', channel: 'Reports', text: 'Done' };
    const error = await failureOf(client.chat.post(message));
    expect(error.message).toContain('Teams was lost before it answered');
    expect(error.message).toContain('A write may have gone through');
    expect(error).toMatchObject({ status: undefined, code: 'ECONNRESET' });
    expect(isTransient(error)).toBe(true);
  });

  test('anything else, in the words of the service', async () => {
    const { reports } = await furnished();
    const error = await failureOf(reports.get(99));
    expect(error.message).toBe(
      'SharePoint could not read item 99 of the list "Reports" (404, -2130575338, ' +
        'System.ArgumentException): Item does not exist. It may have been deleted by another user.',
    );
  });
});

test('an exact retry time comes before the whole second of Retry-After', async () => {
  const office = await quietOffice({ speed: 100 });
  office.faults.on({ kind: 'throttle', retryAfter: '15s' });
  const error = await failureOf(officeClient(office.url).list('Reports').get(1));
  expect(error.retryAfter).toBe(150);
});

test('a retry policy waits as long as the error says', async () => {
  const { office, reports } = await furnished();
  office.faults.on({ kind: 'throttle', retryAfter: '12s', times: 2 });
  const clock = virtualClock({ autoAdvance: true });
  const waits: number[] = [];
  const item = await retry(() => reports.get(1), fixed({ count: 3, interval: '1s' }), {
    clock,
    onRetry: ({ wait }) => void waits.push(wait),
  });
  expect(item.fields.Title).toBe('North');
  expect(waits).toEqual([12_000, 12_000]);
});

test('an abort ends a call at once, with its own reason', async () => {
  const clock = virtualClock();
  const latency = { read: '1h', write: '1h' } as const;
  const office = await quietOffice({ clock, sharepoint: { latency } });
  office.createList('Reports', ['Title'], [{ Title: 'North' }]);
  const whole = new AbortController();
  const one = new AbortController();
  const reports = officeClient(office.url, { signal: whole.signal }).list('Reports');
  const first = reports.get(1, { signal: one.signal });
  const second = reports.get(1);
  one.abort(new Error('not any more'));
  await expect(first).rejects.toThrow('not any more');
  whole.abort(new Error('all of it'));
  await expect(second).rejects.toThrow('all of it');
});

test('a filter takes exactly one column', async () => {
  const { reports } = await furnished();
  const items = reports.items({ where: { Title: 'North', Status: 'Pending' } });
  await expect(collect(items)).rejects.toThrow('where takes exactly one column');
});
