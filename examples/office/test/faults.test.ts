import { virtualClock } from '@runafter/clock';
import { describe, expect, test } from 'vitest';
import type { Fault, Office } from '../src/index.ts';
import { type ErrorReply, itemsOf, jsonOf, quietOffice, rowsOf, send } from './quiet-office.ts';

async function furnished(office?: Office): Promise<Office> {
  const open = office ?? (await quietOffice());
  open.createList('Reports', ['Title'], [{ Title: 'North' }]);
  open.createTable('crm_customers', ['crm_name']);
  return open;
}

const create = (office: Office, key = 'k') =>
  send(itemsOf(office), 'POST', { Title: 'South' }, { 'Idempotency-Key': key });

test('lostReply: the write is in the database, and the client is left without an answer', async () => {
  const office = await furnished();
  const fault = office.faults.on({ kind: 'lostReply', times: 1 });
  await expect(create(office)).rejects.toThrow('fetch failed');
  expect(office.inspect.effects('k')).toBe(1);
  expect(office.inspect.items('Reports')).toHaveLength(2);
  expect(fault.struck).toBe(1);
  expect(office.stats().sharepoint).toMatchObject({ cut: 1, statuses: {} });
});

test('lostReply strikes no read and no refused write, and does not count them', async () => {
  const office = await furnished();
  office.faults.on({ kind: 'lostReply', times: 1 });
  expect((await fetch(itemsOf(office))).status).toBe(200);
  expect((await send(itemsOf(office), 'POST', { Nothing: 1 })).status).toBe(400);
  await expect(create(office)).rejects.toThrow();
  expect((await create(office)).status).toBe(201);
});

test('reset: the connection is cut before anything was written', async () => {
  const office = await furnished();
  office.faults.on({ kind: 'reset', times: 1 });
  const failure = await create(office).catch((error: Error) => error.cause);
  expect(failure).toMatchObject({ code: 'ECONNRESET' });
  expect(office.inspect.effects('k')).toBe(0);
});

test('error: the service answers 503, or another status, and has changed nothing', async () => {
  const office = await furnished();
  office.faults.on({ kind: 'error', times: 1 });
  office.faults.on({ kind: 'error', status: 500, times: 1 });
  expect((await create(office)).status).toBe(503);
  expect((await create(office)).status).toBe(500);
  expect((await create(office)).status).toBe(201);
  expect(office.inspect.effects('k')).toBe(1);
});

test('badTable: Dataverse does not know a table that is there, until it is switched off', async () => {
  const office = await furnished();
  const fault = office.faults.on({ kind: 'badTable' });
  const response = await fetch(rowsOf(office));
  expect([response.status, (await jsonOf<ErrorReply>(response)).error]).toEqual([
    404,
    { code: '0x8006088a', message: "Resource not found for the segment 'crm_customers'." },
  ]);
  expect((await fetch(itemsOf(office))).status).toBe(200);
  fault.off();
  expect((await fetch(rowsOf(office))).status).toBe(200);
});

test('throttle: 429 with the Retry-After that was asked for, whatever the limit says', async () => {
  const office = await furnished();
  office.faults.on({ kind: 'throttle', retryAfter: '7s', times: 2 });
  const answers = [await create(office), await create(office), await create(office)];
  expect(answers.map(({ status }) => status)).toEqual([429, 429, 201]);
  expect(answers[0]?.headers.get('retry-after')).toBe('7');
  expect(office.stats().sharepoint.throttled).toBe(2);
});

test('slow: the write is done at once, and its answer comes late', async () => {
  const clock = virtualClock();
  const office = await furnished(await quietOffice({ clock }));
  office.faults.on({ kind: 'slow', delay: '5m', times: 1 });
  let answered = false;
  const response = create(office).then((answer) => {
    answered = true;
    return answer;
  });
  await expect.poll(() => office.inspect.effects('k')).toBe(1);
  await clock.advance('299s');
  expect(answered).toBe(false);
  await clock.advance('1s');
  expect((await response).status).toBe(201);
});

describe('a fault strikes only what it is aimed at:', () => {
  const targets: [string, Omit<Fault, 'kind'>][] = [
    ['a service', { service: 'sharepoint' }],
    ['a method', { method: 'POST' }],
    ['a part of the path', { path: "getbytitle('Reports')" }],
    ['a pattern', { path: /items$/ }],
    ['a connection', { connection: 'ada' }],
  ];
  test.each(targets)('%s', async (_, target) => {
    const office = await furnished();
    const fault = office.faults.on({ kind: 'error', ...target } as Fault);
    const headers = { 'x-connection-id': 'ada' };
    const struck = await send(itemsOf(office), 'POST', { Title: 'x' }, headers);
    const spared = await fetch(rowsOf(office));
    expect([struck.status, spared.status, fault.struck]).toEqual([503, 200, 1]);
  });
});

test('the same seed strikes the same calls, another seed others', async () => {
  const pattern = async (seed: number) => {
    const office = await furnished(await quietOffice({ seed }));
    office.faults.on({ kind: 'error', probability: 0.5 });
    const statuses: number[] = [];
    for (let call = 0; call < 24; call++) statuses.push((await fetch(itemsOf(office))).status);
    return statuses.join();
  };
  expect(await pattern(1)).toContain('200');
  expect(await pattern(1)).toContain('503');
  expect(await pattern(1)).toBe(await pattern(1));
  expect(await pattern(1)).not.toBe(await pattern(2));
});

test('one more fault does not move where the others strike', async () => {
  const pattern = async (more: boolean) => {
    const office = await furnished();
    office.faults.on({ kind: 'error', probability: 0.5 });
    if (more) office.faults.on({ kind: 'slow', delay: 0, probability: 0.5 });
    const statuses: number[] = [];
    for (let call = 0; call < 24; call++) statuses.push((await fetch(itemsOf(office))).status);
    return statuses;
  };
  expect(await pattern(true)).toEqual(await pattern(false));
});

test('faults are listed while they are on, cleared all at once, and end with a using block', async () => {
  const office = await furnished();
  office.faults.on({ kind: 'error' });
  {
    using fault = office.faults.on({ kind: 'badTable' });
    expect(office.faults.list().map((armed) => armed.fault.kind)).toEqual(['error', 'badTable']);
    expect(fault.struck).toBe(0);
  }
  expect(office.faults.list().map((armed) => armed.fault.kind)).toEqual(['error']);
  office.faults.clear();
  expect((await fetch(itemsOf(office))).status).toBe(200);
});

test.each([
  [{ kind: 'explode' }, 'Unknown fault "explode"'],
  [{ kind: 'error', service: 'excel' }, 'Unknown service "excel"'],
  [{ kind: 'error', times: 0 }, 'times must be 1 or more'],
  [{ kind: 'error', probability: 2 }, 'probability must be from 0 to 1'],
  [{ kind: 'slow', delay: 'soon' }, 'delay: "soon" is not a duration'],
])('a fault that cannot be is refused: %j', async (fault, message) => {
  const office = await furnished();
  expect(() => office.faults.on(fault as Fault)).toThrow(message);
});
