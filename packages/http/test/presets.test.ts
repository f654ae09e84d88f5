import { describe, expect, it } from 'vitest';
import { dataverseRows, httpDocumentStore, sharePointListItems } from '../src/index.ts';
import { empty, json, recordedFetch } from './recorded-fetch.ts';

const fields = ['Title', 'Status'];

describe('SharePoint list items', () => {
  const resource = sharePointListItems({
    site: 'https://contoso.sharepoint.com/sites/ops/',
    list: "It's",
    fields,
    readOnlyFields: ['Modified'],
  });
  const items = "https://contoso.sharepoint.com/sites/ops/_api/web/lists/getbytitle('It''s')/items";

  it('are read by id, without what nobody has asked for, and written by MERGE with what is writable', async () => {
    const item = { 'odata.etag': '"g,1"', Id: 7, Title: 'North', Status: null, Modified: 'today' };
    const service = recordedFetch(json(item, { etag: '"g,1"' }), empty(204, { etag: '"g,2"' }));
    const store = httpDocumentStore<Record<string, unknown>>(resource, { fetch: service.fetch });
    const found = await store.read('7');
    expect(found?.value).toEqual({ Title: 'North', Status: null, Modified: 'today' });

    await store.replace('7', { ...found?.value, Status: 'Complete' }, found ?? '');
    const [read, write] = service.asked;
    expect(decodeURIComponent(read?.url ?? '')).toBe(`${items}(7)?$select=Title,Status,Modified`);
    expect(decodeURIComponent(write?.url ?? '')).toBe(`${items}(7)`);
    expect(write?.headers.get('x-http-method')).toBe('MERGE');
    expect(JSON.parse(write?.body ?? '')).toEqual({ Title: 'North', Status: 'Complete' });
  });

  it('have numbers for keys, and no other key means one of them', async () => {
    const store = httpDocumentStore(resource, { fetch: recordedFetch(empty(404)).fetch });
    for (const key of ['07', '7 ', '1e3', '0', '-1', '7)/x', 'order-17']) {
      await expect(store.read(key), key).rejects.toMatchObject({ code: 'DOCUMENT_KEY_INVALID' });
    }
  });

  it('of a list that is not there are not taken for removed', async () => {
    const missing = (code: string) =>
      httpDocumentStore(resource, {
        fetch: recordedFetch(json({ 'odata.error': { code } }, {}, 404)).fetch,
      }).read('7');
    expect(await missing('-2130575338, Microsoft.SharePoint.SPException')).toBeUndefined();
    await expect(missing('-1, System.ArgumentException')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });

  it('have the fields that were declared: a value with another one is refused', async () => {
    const service = recordedFetch(empty(204));
    const store = httpDocumentStore(resource, { fetch: service.fetch });
    await expect(store.replace('7', { Titel: 'x' }, '"1"')).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
      message: expect.stringContaining('Titel'),
    });
    await expect(store.replace('7', [1], '"1"')).rejects.toMatchObject({
      code: 'DOCUMENT_INVALID',
    });
    expect(service.asked).toHaveLength(0);
  });
});

describe('Dataverse rows', () => {
  const environment = 'https://contoso.crm4.dynamics.com';
  const rows = `${environment}/api/data/v9.2/accounts`;
  const id = '4f0c1b1e-0000-4000-8000-00000000000a';

  it('are changed by PATCH under their id, and the row that comes back tells the ETag', async () => {
    const service = recordedFetch(json({ '@odata.etag': 'W/"2"', name: 'North' }));
    const resource = dataverseRows({
      ...{ environment, table: 'accounts', idColumn: 'accountid', fields: ['name'] },
    });
    const store = httpDocumentStore(resource, { fetch: service.fetch });
    expect(await store.replace(id, { name: 'North' }, 'W/"1"')).toBe('W/"2"');
    expect(service.asked[0]).toMatchObject({
      method: 'PATCH',
      url: `${rows}(${id})?$select=name`,
      body: '{"name":"North"}',
    });
    expect(service.asked[0]?.headers.get('prefer')).toContain('return=representation');
    await expect(store.read(id.toUpperCase())).rejects.toMatchObject({
      code: 'DOCUMENT_KEY_INVALID',
    });
  });

  it('are addressed by an alternate key, which is not sent a second time in the body', async () => {
    const service = recordedFetch(json({ '@odata.etag': 'W/"1"' }, {}, 201));
    const resource = dataverseRows({
      ...{ environment, table: 'accounts', alternateKey: 'code', fields: ['name'] },
    });
    const store = httpDocumentStore<object>(resource, { fetch: service.fetch });
    await store.create("O'Neil", { name: 'North', code: "O'Neil" });
    const [create] = service.asked;
    expect(decodeURIComponent(create?.url ?? '')).toBe(`${rows}(code='O''Neil')?$select=name`);
    expect(create?.headers.get('if-none-match')).toBe('*');
    expect(create?.body).toBe('{"name":"North"}');
    await expect(store.read('a/b')).rejects.toMatchObject({ code: 'DOCUMENT_KEY_INVALID' });
  });

  it('with a key of another row are refused, which is no conflict although the status is the same', async () => {
    const resource = dataverseRows({
      ...{ environment, table: 'accounts', alternateKey: 'code', fields: ['name'] },
    });
    const answering = (status: number, code: string) =>
      httpDocumentStore<object>(resource, {
        fetch: recordedFetch(json({ error: { code } }, {}, status)).fetch,
      });
    const writing = (status: number, code: string) =>
      answering(status, code).replace('a', { name: 'North' }, 'W/"1"');
    await expect(writing(412, '0x80060882')).rejects.toMatchObject({ code: 'ETAG_MISMATCH' });
    await expect(writing(412, '0x80040237')).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(await answering(404, '0x80060891').read('a')).toBeUndefined();
    await expect(answering(404, '0x8006088a').read('a')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });
});
