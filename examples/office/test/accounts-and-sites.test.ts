import { describe, expect, test } from 'vitest';
import { type Account, officeClient, type Site } from '../src/index.ts';
import { type ErrorReply, jsonOf, quietOffice, send } from './quiet-office.ts';

const ada: Account = {
  userPrincipalName: 'ada@example.com',
  displayName: 'Ada Lovelace',
  employeeId: 'E1',
  department: 'Sales',
  madeBy: 'run-1/Account',
};
const desk: Site = {
  url: 'https://example.sharepoint.com/sites/e1',
  title: "Ada's desk",
  owner: 'ada@example.com',
  description: 'run-1/Site',
};

describe('accounts', () => {
  test('an account that was created is found by its name, and is gone once it is removed', async () => {
    const office = await quietOffice();
    const { accounts } = officeClient(office.url);
    const created = await accounts.create(ada);
    expect(created).toEqual({ id: expect.any(String), ...ada });
    expect(await accounts.find('ada@example.com')).toEqual(created);
    expect(office.inspect.accounts()).toEqual([created]);
    await accounts.remove(created.id);
    expect(await accounts.find('ada@example.com')).toBeUndefined();
    expect(office.inspect.accounts()).toEqual([]);
    await expect(accounts.remove(created.id)).rejects.toMatchObject({ status: 404 });
  });

  test('of 20 who create an account of one name, one wins and the others are told', async () => {
    const office = await quietOffice();
    const { accounts } = officeClient(office.url);
    const ends = await Promise.allSettled(Array.from({ length: 20 }, () => accounts.create(ada)));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { reason } = ends.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(reason).toMatchObject({ status: 400, code: 'Request_BadRequest' });
    expect(reason.message).toContain('could not create the account "ada@example.com"');
    expect(reason.message).toContain('userPrincipalName already exists');
  });

  test('20 deliveries under one idempotency key are one account and one answer', async () => {
    const office = await quietOffice();
    const { accounts } = officeClient(office.url);
    const create = () => accounts.create(ada, { idempotencyKey: 'run-1/Account' });
    const answers = await Promise.all(Array.from({ length: 20 }, create));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(office.inspect.effects('run-1/Account')).toBe(1);
    expect(office.inspect.deliveries('run-1/Account')).toBe(20);
  });

  test('a delivery that comes after the account was removed makes no other', async () => {
    const office = await quietOffice();
    const { accounts } = officeClient(office.url);
    const { id } = await accounts.create(ada, { idempotencyKey: 'run-1/Account' });
    await accounts.remove(id);
    const late = accounts.create(ada, { idempotencyKey: 'run-1/Account' });
    await expect(late).rejects.toMatchObject({ status: 410 });
    expect(office.inspect.accounts()).toEqual([]);
  });

  test.each([
    [{ displayName: 'Nobody' }, 'userPrincipalName'],
    [{ userPrincipalName: 'nobody', displayName: 'Nobody' }, 'userPrincipalName'],
    [{ userPrincipalName: 'a@example.com', displayName: '' }, 'displayName'],
  ])('an account without what it needs is refused: %j', async (body, property) => {
    const office = await quietOffice();
    const response = await send(`${office.url}/graph/v1.0/users`, 'POST', body);
    const { error } = await jsonOf<ErrorReply>(response);
    expect([response.status, error.code]).toEqual([400, 'Request_BadRequest']);
    expect(error.message).toContain(`'${property}'`);
  });

  test('mail and accounts, which are both behind Graph, are two services', async () => {
    const office = await quietOffice();
    const client = officeClient(office.url);
    await client.accounts.create(ada);
    await client.mail.send({ to: ['ada@example.com'], subject: 'Hello', body: '' });
    const { mail, directory } = office.stats();
    expect([mail.calls, directory.calls]).toEqual([1, 1]);
    expect((await send(`${office.url}/graph/v1.0/users`, 'GET')).status).toBe(405);
  });
});

describe('sites', () => {
  test('a site that was created is found by its address, and is gone once it is removed', async () => {
    const office = await quietOffice();
    const { sites } = officeClient(office.url);
    const created = await sites.create(desk);
    expect(created).toEqual({ id: expect.any(String), ...desk });
    expect(await sites.find(desk.url)).toEqual(created);
    expect(office.inspect.sites()).toEqual([created]);
    await sites.remove(created.id);
    expect(await sites.find(desk.url)).toBeUndefined();
    expect(office.inspect.sites()).toEqual([]);
    await expect(sites.remove(created.id)).rejects.toMatchObject({ status: 404 });
  });

  test('an address that is taken is a 200 with SiteStatus 4, which the client throws as 409', async () => {
    const office = await quietOffice();
    const { sites } = officeClient(office.url);
    await sites.create(desk);
    const manager = `${office.url}/sharepoint-admin/_api/SPSiteManager`;
    const request = { Url: desk.url, Title: 'Another', Owner: 'grace@example.com' };
    const reply = await send(`${manager}/create`, 'POST', { request });
    expect(reply.status).toBe(200);
    expect(await jsonOf(reply)).toEqual({ SiteId: '', SiteStatus: 4, SiteUrl: '' });
    await expect(sites.create({ ...desk, title: 'Another' })).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('Choose another one'),
    });
    expect(office.inspect.sites()).toHaveLength(1);
  });

  test('a lost reply and a repetition under the same key make one site', async () => {
    const office = await quietOffice();
    const { sites } = officeClient(office.url);
    office.faults.on({ kind: 'lostReply', service: 'sites', times: 1 });
    const create = () => sites.create(desk, { idempotencyKey: 'run-1/Site' });
    await expect(create()).rejects.toMatchObject({ status: undefined });
    expect(await create()).toMatchObject(desk);
    expect(office.inspect.effects('run-1/Site')).toBe(1);
    expect(office.inspect.deliveries('run-1/Site')).toBe(2);
  });

  test('what is not offered is refused', async () => {
    const { url } = await quietOffice();
    const manager = `${url}/sharepoint-admin/_api/SPSiteManager`;
    const statuses = await Promise.all([
      send(`${manager}/rename`, 'POST', {}),
      send(`${manager}/create`, 'GET'),
      send(`${manager}/status`, 'GET'),
      send(`${manager}/create`, 'POST', { request: { Url: 'nowhere', Title: 'x' } }),
      send(`${manager}/create`, 'POST', { request: { Url: desk.url } }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 405, 400, 400, 400]);
  });
});

test('accounts and sites have limits of their own', async () => {
  const limit = { model: 'sliding-window', calls: 1, window: '1m' } as const;
  const office = await quietOffice({ directory: { limit }, sites: { limit } });
  const { accounts, sites } = officeClient(office.url);
  await accounts.create(ada);
  await expect(accounts.find(ada.userPrincipalName)).rejects.toMatchObject({ status: 429 });
  await sites.create(desk);
  await expect(sites.find(desk.url)).rejects.toMatchObject({ status: 429 });
});
