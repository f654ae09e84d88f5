import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@runafter/clock';
import { expect, onTestFinished, test } from 'vitest';
import { startOffice } from '../src/index.ts';
import { itemsOf, jsonOf, quietOffice, rowsOf, send } from './quiet-office.ts';

test('closing ends calls in hand at once and leaves no timer behind', async () => {
  const clock = virtualClock();
  const latency = { read: '1h', write: '1h' } as const;
  const slots = 2;
  const office = await quietOffice({ clock, sharepoint: { latency, slots }, mail: { latency } });
  office.createList('Reports', ['Title']);
  const calls = Array.from({ length: 5 }, () => fetch(itemsOf(office)));
  const outcomes = Promise.allSettled(calls);
  await expect.poll(() => office.stats().sharepoint.calls).toBe(5);
  await office.close();
  expect((await outcomes).map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
  expect(clock.pending).toBe(0);
  expect(office.stats().sharepoint.inService).toBe(0);
});

test('closing does not wait for connections that are kept alive, and can be done twice', async () => {
  const office = await quietOffice();
  office.createList('Reports', ['Title']);
  await (await fetch(itemsOf(office))).text();
  await Promise.all([office.close(), office.close()]);
  await expect(fetch(itemsOf(office))).rejects.toThrow('fetch failed');
});

test('an office leaves when its await using block ends', async () => {
  let url: string;
  {
    await using office = await startOffice();
    url = office.url;
    expect((await fetch(url)).status).toBe(200);
  }
  await expect(fetch(url)).rejects.toThrow('fetch failed');
});

test('a database file keeps lists, tables, keys, messages and effects for the next office', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'office-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const database = join(folder, 'office.db');
  const key = { 'Idempotency-Key': 'k' };
  const message = { body: { content: 'Hello' } };

  const first = await quietOffice({ database });
  first.createList('Reports', ['Title'], [{ Title: 'North' }]);
  first.createTable('crm_customers', ['crm_name'], { keys: ['crm_name'] });
  await send(rowsOf(first), 'POST', { crm_name: 'Contoso' });
  await send(`${first.url}/teams/Sales/channels/Reports/messages`, 'POST', message, key);
  await first.close();

  const second = await quietOffice({ database });
  expect([second.inspect.lists(), second.inspect.tables()]).toEqual([
    ['Reports'],
    ['crm_customers'],
  ]);
  expect((await send(rowsOf(second), 'POST', { crm_name: 'Contoso' })).status).toBe(409);
  await send(`${second.url}/teams/Sales/channels/Reports/messages`, 'POST', message, key);
  expect(second.inspect.messages()).toHaveLength(1);
  expect(second.inspect.deliveries('k')).toBe(2);
  expect(await jsonOf(send(itemsOf(second), 'POST', { Title: 'South' }))).toMatchObject({
    Id: 2,
  });
});

test('a list or table that cannot be made leaves nothing behind', async () => {
  const office = await quietOffice();
  office.createList('Reports', ['Title']);
  expect(() => office.createList('Reports', ['Title'])).toThrow('already has a list "Reports"');
  expect(() => office.createList('Other', ['First name'])).toThrow('"First name"');
  expect(() => office.createList('Other', ['Title'], [{ Titel: 'x' }])).toThrow(
    'no column "Titel"',
  );
  expect(() => office.createTable('t', ['a'], { keys: ['b'] })).toThrow('no column "b"');
  const twice = { keys: ['a'], rows: [{ a: 1 }, { a: 1 }] };
  expect(() => office.createTable('t', ['a'], twice)).toThrow('already has a row');
  expect([office.inspect.lists(), office.inspect.tables()]).toEqual([['Reports'], []]);
  office.createTable('t', ['a'], { keys: ['a'], rows: [{ a: 1 }] });
  expect(office.inspect.rows('t')).toMatchObject([{ fields: { a: 1 } }]);
});

test('asking for a list that is not there names those that are', async () => {
  const office = await quietOffice();
  office.createList('Reports', ['Title']);
  expect(() => office.inspect.items('Report')).toThrow(
    'The office has no list "Report"; it has: Reports.',
  );
});

test('programs in other processes can see the statistics and effects, and switch faults', async () => {
  const office = await quietOffice();
  office.createList('Reports', ['Title'], [{ Title: 'North' }]);
  const faults = `${office.url}/office/faults`;
  const fault = { kind: 'error', service: 'sharepoint', times: 1 };
  expect((await send(faults, 'POST', fault)).status).toBe(201);
  expect((await fetch(itemsOf(office))).status).toBe(503);
  await send(faults, 'POST', fault);
  expect(await jsonOf(fetch(faults))).toEqual([{ ...fault, struck: 0 }]);
  expect((await fetch(faults, { method: 'DELETE' })).status).toBe(204);
  expect((await fetch(itemsOf(office))).status).toBe(200);
  expect((await send(faults, 'POST', { kind: 'explode' })).status).toBe(400);

  await send(itemsOf(office), 'POST', { Title: 'South' }, { 'Idempotency-Key': 'k' });
  const writes = await jsonOf(fetch(`${office.url}/office/writes?key=k`));
  expect(writes).toMatchObject([{ target: 'Reports(2)', key: 'k', effect: true }]);
  const stats = await jsonOf(fetch(`${office.url}/office/stats`));
  expect(stats.sharepoint).toMatchObject({ calls: 3, statuses: { 200: 1, 201: 1, 503: 1 } });
});

test('the root says that this is a stand-in, and what it offers', async () => {
  const office = await quietOffice();
  const root = await jsonOf(fetch(office.url));
  expect(root.standIn).toBe(true);
  expect(root.endpoints).toContainEqual(expect.stringContaining('/graph/v1.0/me/sendMail'));
  expect((await fetch(`${office.url}/excel`)).status).toBe(404);
});

test('a request that is too large or wrongly encoded is refused, and the office goes on', async () => {
  const office = await quietOffice();
  office.createList('Reports', ['Title']);
  const large = { Title: 'x'.repeat(1024 * 1024) };
  expect((await send(itemsOf(office), 'POST', large)).status).toBe(413);
  expect((await fetch(`${office.url}/sharepoint/%E0%A4%A`)).status).toBe(400);
  expect((await fetch(itemsOf(office))).status).toBe(200);
});

test('a port that is taken is an error and not a hang', async () => {
  const office = await quietOffice();
  const port = Number(new URL(office.url).port);
  await expect(startOffice({ port })).rejects.toThrow(
    new RegExp(`cannot listen on port ${port} .*EADDRINUSE.*Choose another`),
  );
});

test.each([-1, 65_536, 80.5, Number.NaN])('a port of %s is refused', async (port) => {
  await expect(startOffice({ port })).rejects.toThrow(
    `port must be a whole number from 0 to 65535, not ${port}.`,
  );
});

test('a database that cannot be opened is named', async () => {
  const nowhere = join(tmpdir(), 'no-such-folder', 'office.db');
  await expect(startOffice({ database: nowhere })).rejects.toThrow(`in "${nowhere}"`);
  const thisFile = import.meta.filename;
  await expect(startOffice({ database: thisFile })).rejects.toThrow('file is not a database');
});
