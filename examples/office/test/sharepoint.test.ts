import { expect, test } from 'vitest';
import type { Office } from '../src/index.ts';
import { itemsOf, jsonOf, type Page, quietOffice, send } from './quiet-office.ts';

const merge = (etag: string) => ({ 'X-HTTP-Method': 'MERGE', 'If-Match': etag });

interface SharePointError {
  readonly 'odata.error': { readonly code: string; readonly message: { readonly value: string } };
}

async function errorOf(response: Response) {
  const { code, message } = (await jsonOf<SharePointError>(response))['odata.error'];
  return { status: response.status, code, message: message.value };
}

async function officeWithReports(count = 1): Promise<Office> {
  const office = await quietOffice();
  office.createList(
    'Reports',
    ['Title', 'Status', 'Count'],
    Array.from({ length: count }, (_, index) => ({
      Title: `Report ${index + 1}`,
      Status: index % 2 === 0 ? 'Pending' : 'Complete',
      Count: 0,
    })),
  );
  return office;
}

test('a new item gets the next Id, an ETag in header and body, and null in columns not given', async () => {
  const office = await officeWithReports();
  const response = await send(itemsOf(office), 'POST', { Title: 'Second' });
  const item = await jsonOf(response);
  expect(response.status).toBe(201);
  expect(item).toMatchObject({ Id: 2, Title: 'Second', Status: null });
  expect(item['odata.etag']).toBe(response.headers.get('etag'));
});

test('an update with the ETag that was read merges the fields and gives the next ETag', async () => {
  const office = await officeWithReports();
  const item = `${itemsOf(office)}(1)`;
  const etag = (await fetch(item)).headers.get('etag') as string;
  const response = await send(item, 'POST', { Status: 'Complete' }, merge(etag));
  expect(response.status).toBe(204);
  expect(response.headers.get('etag')).not.toBe(etag);
  expect(office.inspect.items('Reports')).toEqual([
    {
      id: 1,
      etag: response.headers.get('etag'),
      fields: { Title: 'Report 1', Status: 'Complete', Count: 0 },
    },
  ]);
});

test('an update with an old ETag changes nothing and answers 412', async () => {
  const office = await officeWithReports();
  const item = `${itemsOf(office)}(1)`;
  const etag = (await fetch(item)).headers.get('etag') as string;
  await send(item, 'POST', { Status: 'Processing' }, merge(etag));
  const late = await send(item, 'POST', { Status: 'Complete' }, merge(etag));
  expect(late.status).toBe(412);
  expect((await errorOf(late)).message).toContain('does not match');
  expect(office.inspect.items('Reports')[0]?.fields).toMatchObject({ Status: 'Processing' });
});

test('an update or delete without If-Match is refused with 400', async () => {
  const office = await officeWithReports();
  const item = `${itemsOf(office)}(1)`;
  const answers = await Promise.all([
    send(item, 'PATCH', { Status: 'Complete' }),
    send(item, 'POST', { Status: 'Complete' }, { 'X-HTTP-Method': 'MERGE' }),
    send(item, 'POST', undefined, { 'X-HTTP-Method': 'DELETE' }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  expect(office.inspect.items('Reports')[0]?.fields).toMatchObject({ Status: 'Pending' });
});

test('a delete needs the right ETag, and an Id is never given twice', async () => {
  const office = await officeWithReports();
  const item = `${itemsOf(office)}(1)`;
  const remove = (etag: string) =>
    send(item, 'POST', undefined, { 'X-HTTP-Method': 'DELETE', 'If-Match': etag });
  expect((await remove('"another,1"')).status).toBe(412);
  expect((await remove('*')).status).toBe(200);
  expect((await fetch(item)).status).toBe(404);
  const created = await send(itemsOf(office), 'POST', { Title: 'Next' });
  expect(await jsonOf(created)).toMatchObject({ Id: 2 });
});

/** Twenty who all read the same 5, and then all write 6: the statuses of the writes. */
async function twentyIncrements(office: Office, etagToSend: 'read' | '*'): Promise<number[]> {
  office.createList('Counters', ['Count'], [{ Count: 5 }]);
  const item = `${itemsOf(office, 'Counters')}(1)`;
  const twenty = Array.from({ length: 20 });
  const read = await Promise.all(
    twenty.map(() => jsonOf<{ Count: number; 'odata.etag': string }>(fetch(item))),
  );
  return Promise.all(
    read.map(async ({ Count, 'odata.etag': etag }) => {
      const condition = merge(etagToSend === '*' ? '*' : etag);
      return (await send(item, 'POST', { Count: Count + 1 }, condition)).status;
    }),
  );
}

test('of 20 concurrent increments from 5 with If-Match: *, all succeed and 19 are lost', async () => {
  const office = await quietOffice();
  expect(new Set(await twentyIncrements(office, '*'))).toEqual(new Set([204]));
  expect(office.inspect.items('Counters')[0]?.fields).toEqual({ Count: 6 });
});

test('of 20 concurrent increments from 5 with the ETag, one succeeds and 19 are told with 412', async () => {
  const office = await quietOffice();
  const statuses = await twentyIncrements(office, 'read');
  expect(statuses.filter((status) => status === 204)).toHaveLength(1);
  expect(statuses.filter((status) => status === 412)).toHaveLength(19);
  expect(office.inspect.items('Counters')[0]?.fields).toEqual({ Count: 6 });
});

test('$top pages through a list by next links, in order of Id, each item once', async () => {
  const office = await officeWithReports(7);
  let url: string | undefined = `${itemsOf(office)}?$top=3&$select=Id&$orderby=Id`;
  const pages: unknown[] = [];
  while (url) {
    const page: Page = await jsonOf(fetch(url));
    pages.push(page.value.map(({ Id }) => Id));
    url = page['odata.nextLink'];
  }
  expect(pages).toEqual([[1, 2, 3], [4, 5, 6], [7]]);
});

test('a page holds 100 items unless $top says otherwise', async () => {
  const office = await officeWithReports(101);
  const page = await jsonOf<Page>(fetch(itemsOf(office)));
  expect(page.value).toHaveLength(100);
  expect(page['odata.nextLink']).toBeDefined();
});

test('$filter compares one column, also with a quote in the value, and its next link keeps it', async () => {
  const office = await officeWithReports(5);
  await send(itemsOf(office), 'POST', { Title: "It's late" });
  const titles = async (query: string) => {
    const page = await jsonOf<Page>(fetch(`${itemsOf(office)}?${query}`));
    return [page.value.map(({ Title }) => Title), page['odata.nextLink']] as const;
  };
  expect(await titles("$filter=Title eq 'It''s late'")).toEqual([["It's late"], undefined]);
  expect(await titles('$filter=Count eq 0&$top=9')).toEqual([
    ['Report 1', 'Report 2', 'Report 3', 'Report 4', 'Report 5'],
    undefined,
  ]);
  const [first, next] = await titles("$filter=Status eq 'Pending'&$top=2");
  expect(first).toEqual(['Report 1', 'Report 3']);
  const last = await jsonOf<Page>(fetch(next as string));
  expect(last.value).toMatchObject([{ Title: 'Report 5' }]);
});

test.each([
  '$expand=Author',
  "$filter=Title ne 'x'",
  "$filter=Nothing eq 'x'",
  '$select=Nothing',
  '$orderby=Title',
  '$top=0',
  '$skiptoken=elsewhere',
])('a query that is not offered is refused and not ignored: %s', async (query) => {
  const office = await officeWithReports();
  const response = await fetch(`${itemsOf(office)}?${query}`);
  expect(response.status).toBe(400);
});

test('the Accept header decides how annotations are spelt, as in SharePoint', async () => {
  const office = await officeWithReports(2);
  const page = (accept: string) =>
    jsonOf<Page>(fetch(`${itemsOf(office)}?$top=1`, { headers: { accept } }));
  const v3 = await page('application/json');
  expect(Object.keys(v3)).toContain('odata.nextLink');
  expect(v3.value[0]?.['odata.etag']).toBeDefined();
  const v4 = await page('application/json;odata.metadata=minimal');
  expect(Object.keys(v4)).toContain('@odata.nextLink');
  expect(v4.value[0]?.['@odata.etag']).toBeDefined();
  const none = await page('application/json;odata=nometadata');
  expect(Object.keys(none.value[0] ?? {})).toEqual(['Id', 'Title', 'Status', 'Count']);
});

test('an unknown list, item, column or path is told in the shape of SharePoint', async () => {
  const office = await officeWithReports();
  expect(await errorOf(await fetch(itemsOf(office, 'Nothing')))).toEqual({
    status: 404,
    code: '-1, System.ArgumentException',
    message: `List 'Nothing' does not exist at site with URL '${office.url}/sharepoint'.`,
  });
  expect(await errorOf(await fetch(`${itemsOf(office)}(99)`))).toEqual({
    status: 404,
    code: '-2130575338, System.ArgumentException',
    message: 'Item does not exist. It may have been deleted by another user.',
  });
  expect(await errorOf(await send(itemsOf(office), 'POST', { Titel: 'x' }))).toMatchObject({
    status: 400,
    message: expect.stringContaining("'Titel' does not exist"),
  });
  expect((await fetch(`${office.url}/sharepoint/_api/web/title`)).status).toBe(404);
  expect((await send(itemsOf(office), 'DELETE')).status).toBe(405);
});

test('what was read can be sent back with its annotations', async () => {
  const office = await officeWithReports();
  const item = `${itemsOf(office)}(1)`;
  const read = await jsonOf(fetch(item));
  const body = { ...read, Status: 'Complete', __metadata: { type: 'SP.Data.ReportsListItem' } };
  expect(
    (await send(item, 'PATCH', body, { 'If-Match': read['odata.etag'] as string })).status,
  ).toBe(204);
});

test('a list whose title has a quote, a slash and a space can be reached', async () => {
  const office = await quietOffice();
  office.createList("Sales / '26", ['Title'], [{ Title: 'A' }]);
  const page = await jsonOf<Page>(fetch(itemsOf(office, "Sales / ''26")));
  expect(page.value).toMatchObject([{ Title: 'A' }]);
});
