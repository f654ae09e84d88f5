import { expect, test } from 'vitest';
import type { Office, OfficeOptions } from '../src/index.ts';
import { type ErrorReply, jsonOf, type Page, quietOffice, rowsOf, send } from './quiet-office.ts';

const representation = { Prefer: 'return=representation' };
const someId = '00000000-0000-4000-8000-000000000001';

async function officeWithCustomers(
  names: readonly string[] = [],
  options: OfficeOptions = {},
): Promise<Office> {
  const office = await quietOffice(options);
  office.createTable('crm_customers', ['crm_name', 'crm_city', 'crm_number'], {
    keys: ['crm_name', 'crm_number'],
    rows: names.map((crm_name, index) => ({ crm_name, crm_number: index + 1 })),
  });
  return office;
}

async function errorOf(response: Response): Promise<[number, string, string]> {
  const { error } = await jsonOf<ErrorReply>(response);
  return [response.status, error.code, error.message];
}

test('a create answers 204 with the address of the row, or 201 with the row when preferred', async () => {
  const office = await officeWithCustomers();
  const plain = await send(rowsOf(office), 'POST', { crm_name: 'Contoso' });
  expect(plain.status).toBe(204);
  const row = await jsonOf(fetch(plain.headers.get('odata-entityid') as string));
  expect(row).toMatchObject({ crm_name: 'Contoso', crm_city: null });

  const preferred = await send(rowsOf(office), 'POST', { crm_name: 'Fabrikam' }, representation);
  expect(preferred.status).toBe(201);
  expect(preferred.headers.get('preference-applied')).toBe('return=representation');
  expect(await jsonOf(preferred)).toMatchObject({
    '@odata.etag': expect.stringMatching(/^W\/"\d+"$/),
    crm_name: 'Fabrikam',
    crm_customerid: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('of 20 concurrent creates with one key value, one wins and 19 are told so', async () => {
  const office = await officeWithCustomers();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send(rowsOf(office), 'POST', { crm_name: 'Contoso' })),
  );
  const refused = answers.filter(({ status }) => status !== 204);
  expect(refused).toHaveLength(19);
  expect(await errorOf(refused[0] as Response)).toEqual([
    409,
    '0x80040237',
    'A record with matching key values already exists.',
  ]);
  expect(office.inspect.rows('crm_customers')).toHaveLength(1);
});

test('rows without a value in a key column are no duplicates of each other', async () => {
  const office = await officeWithCustomers();
  await send(rowsOf(office), 'POST', { crm_city: 'Oslo' });
  expect((await send(rowsOf(office), 'POST', { crm_city: 'Rome' })).status).toBe(204);
});

test('a duplicate answers 412 where the office is told to be as strict as Dataverse', async () => {
  const office = await officeWithCustomers(['Contoso'], { duplicateStatus: 412 });
  const again = await send(rowsOf(office), 'POST', { crm_name: 'Contoso' });
  expect((await errorOf(again)).slice(0, 2)).toEqual([412, '0x80040237']);
});

test('a row is found by its id and by each alternate key, text or number', async () => {
  const office = await officeWithCustomers(["O'Neil"]);
  const id = office.inspect.rows('crm_customers')[0]?.id;
  const paths = [`(${id})`, "(crm_name='O''Neil')", '(crm_number=1)'];
  const rows = await Promise.all(paths.map((path) => jsonOf(fetch(rowsOf(office) + path))));
  expect(rows.map((row) => row.crm_customerid)).toEqual([id, id, id]);
});

test('an update with an old ETag changes nothing and answers 412', async () => {
  const office = await officeWithCustomers(['Contoso']);
  const row = `${rowsOf(office)}(crm_name='Contoso')`;
  const etag = (await jsonOf(fetch(row)))['@odata.etag'] as string;
  const patch = (city: string) => send(row, 'PATCH', { crm_city: city }, { 'If-Match': etag });
  expect((await patch('Oslo')).status).toBe(204);
  expect((await errorOf(await patch('Rome'))).slice(0, 2)).toEqual([412, '0x80060882']);
  expect(office.inspect.rows('crm_customers')[0]?.fields).toMatchObject({ crm_city: 'Oslo' });
});

test('a PATCH creates a missing row, by id and by key, unless a condition forbids it', async () => {
  const office = await officeWithCustomers();
  const byId = `${rowsOf(office)}(${someId})`;
  const byKey = `${rowsOf(office)}(crm_name='Contoso')`;
  const patch = (url: string, headers: Record<string, string> = {}) =>
    send(url, 'PATCH', { crm_city: 'Oslo' }, headers);

  expect((await errorOf(await patch(byId, { 'If-Match': '*' }))).slice(0, 2)).toEqual([
    404,
    '0x80040217',
  ]);
  expect((await patch(byId, { 'If-None-Match': '*' })).status).toBe(204);
  expect((await errorOf(await patch(byId, { 'If-None-Match': '*' }))).slice(0, 2)).toEqual([
    412,
    '0x80040237',
  ]);
  expect((await patch(byId, { 'If-Match': '*' })).status).toBe(204);
  expect((await patch(byKey, representation)).status).toBe(201);
  expect((await patch(byKey, representation)).status).toBe(200);
  expect(office.inspect.rows('crm_customers')).toMatchObject([
    { id: someId, etag: 'W/"1000002"' },
    { fields: { crm_name: 'Contoso', crm_city: 'Oslo' }, etag: 'W/"2000002"' },
  ]);
});

test('an update cannot take the key value of another row', async () => {
  const office = await officeWithCustomers(['Contoso', 'Fabrikam']);
  const row = `${rowsOf(office)}(crm_name='Fabrikam')`;
  expect((await send(row, 'PATCH', { crm_name: 'Contoso' })).status).toBe(409);
  expect((await fetch(row)).status).toBe(200);
});

test('a delete is conditional too, and a deleted row is gone', async () => {
  const office = await officeWithCustomers(['Contoso']);
  const row = `${rowsOf(office)}(crm_name='Contoso')`;
  expect((await send(row, 'DELETE', undefined, { 'If-Match': 'W/"7"' })).status).toBe(412);
  expect((await send(row, 'DELETE', undefined, { 'If-Match': 'W/"1000001"' })).status).toBe(204);
  expect((await errorOf(await fetch(row))).slice(0, 2)).toEqual([404, '0x80060891']);
});

test('a row that is created again under its key never has an ETag of the earlier one', async () => {
  const office = await officeWithCustomers(['Contoso']);
  const row = `${rowsOf(office)}(crm_name='Contoso')`;
  const etags = new Set<unknown>();
  for (let round = 0; round < 3; round++) {
    await send(row, 'PATCH', { crm_city: 'Oslo' });
    etags.add((await fetch(row)).headers.get('etag'));
    await send(row, 'DELETE', undefined, { 'If-Match': '*' });
  }
  expect(etags.size).toBe(3);
});

test('a GET with the ETag that is still right answers 304', async () => {
  const office = await officeWithCustomers(['Contoso']);
  const row = `${rowsOf(office)}(crm_name='Contoso')`;
  const again = await fetch(row, { headers: { 'If-None-Match': 'W/"1000001"' } });
  expect(again.status).toBe(304);
});

test('an unknown table is told with code and message of Dataverse, and names are case-sensitive', async () => {
  const office = await officeWithCustomers();
  expect(await errorOf(await fetch(rowsOf(office, 'crm_reprots')))).toEqual([
    404,
    '0x8006088a',
    "Resource not found for the segment 'crm_reprots'.",
  ]);
  expect((await fetch(rowsOf(office, 'CRM_customers'))).status).toBe(404);
});

test('pages follow Prefer: odata.maxpagesize, and $top bounds the whole answer', async () => {
  const office = await officeWithCustomers(['A', 'B', 'C', 'D', 'E']);
  const headers = { Prefer: 'odata.maxpagesize=2' };
  let url: string | undefined = `${rowsOf(office)}?$select=crm_name`;
  const pages: unknown[] = [];
  while (url) {
    const page: Page = await jsonOf(fetch(url, { headers }));
    pages.push(page.value.map((row) => row.crm_name));
    url = page['@odata.nextLink'];
  }
  expect(pages).toEqual([['A', 'B'], ['C', 'D'], ['E']]);
  const top = await jsonOf<Page>(fetch(`${rowsOf(office)}?$top=3`));
  expect([top.value.length, top['@odata.nextLink']]).toEqual([3, undefined]);
});

test('a selected answer still has the ETag and the id', async () => {
  const office = await officeWithCustomers(['Contoso']);
  const page = await jsonOf<Page>(fetch(`${rowsOf(office)}?$select=crm_city`));
  expect(Object.keys(page.value[0] ?? {})).toEqual(['@odata.etag', 'crm_city', 'crm_customerid']);
});

test('a body or address that cannot be understood is refused with 400', async () => {
  const office = await officeWithCustomers();
  const url = rowsOf(office);
  const statuses = await Promise.all(
    [
      send(url, 'POST', { crm_nam: 'x' }),
      send(url, 'POST', [1]),
      send(url, 'POST', { crm_customerid: 'seven' }),
      fetch(url, { method: 'POST', body: '{' }),
      fetch(`${url}(crm_city='Oslo')`),
      fetch(`${url}(seven)`),
    ].map(async (response) => (await response).status),
  );
  expect(statuses).toEqual([400, 400, 400, 400, 400, 400]);
});
