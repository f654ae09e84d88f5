import { expect, test } from 'vitest';
import { type ErrorReply, jsonOf, quietOffice, send } from './quiet-office.ts';

const mail = (to: string, subject = 'Your report') => ({
  message: {
    subject,
    body: { contentType: 'Text', content: 'Done.' },
    toRecipients: [{ emailAddress: { address: to } }],
  },
});

test('a mail is accepted with 202, without a body, and kept', async () => {
  const office = await quietOffice();
  const url = `${office.url}/graph/v1.0/me/sendMail`;
  const response = await send(url, 'POST', mail('ada@example.com'));
  expect([response.status, await response.text()]).toEqual([202, '']);
  expect(office.inspect.mails()).toEqual([
    { to: ['ada@example.com'], subject: 'Your report', body: 'Done.' },
  ]);
});

test('a mail without a proper recipient is refused', async () => {
  const office = await quietOffice();
  const url = `${office.url}/graph/v1.0/me/sendMail`;
  const bodies = [mail('nobody'), { message: { toRecipients: 'ada@example.com' } }, {}];
  for (const body of bodies) {
    const response = await send(url, 'POST', body);
    expect([response.status, (await jsonOf<ErrorReply>(response)).error.code]).toEqual([
      400,
      'ErrorInvalidRecipients',
    ]);
  }
  expect(office.inspect.mails()).toEqual([]);
});

test('a chat message answers 201 with its id, and is kept with team and channel', async () => {
  const office = await quietOffice();
  const url = `${office.url}/teams/Sales/channels/Weekly%20reports/messages`;
  const response = await send(url, 'POST', { body: { content: '30 of 30' } });
  expect([response.status, (await jsonOf(response)).id]).toEqual([201, expect.any(String)]);
  expect(office.inspect.messages()).toEqual([
    { team: 'Sales', channel: 'Weekly reports', text: '30 of 30' },
  ]);
});

test('20 deliveries under one Idempotency-Key are one message, one answer and 20 deliveries', async () => {
  const office = await quietOffice();
  const url = `${office.url}/teams/Sales/channels/Reports/messages`;
  const post = async () => {
    const body = { body: { content: 'once' } };
    const response = await send(url, 'POST', body, { 'Idempotency-Key': 'run-1/Notify' });
    return (await jsonOf(response)).id;
  };
  const ids = await Promise.all(Array.from({ length: 20 }, post));
  expect(new Set(ids).size).toBe(1);
  expect(office.inspect.messages()).toHaveLength(1);
  expect(office.inspect.effects('run-1/Notify')).toBe(1);
  expect(office.inspect.deliveries('run-1/Notify')).toBe(20);
});

test('without a key every delivery counts', async () => {
  const office = await quietOffice();
  const url = `${office.url}/graph/v1.0/me/sendMail`;
  await send(url, 'POST', mail('ada@example.com'));
  await send(url, 'POST', mail('ada@example.com'));
  expect(office.inspect.mails()).toHaveLength(2);
});

test('a key that comes back with another body is refused: it is not the same effect', async () => {
  const office = await quietOffice();
  const url = `${office.url}/graph/v1.0/me/sendMail`;
  const key = { 'Idempotency-Key': 'one' };
  await send(url, 'POST', mail('ada@example.com'), key);
  const other = await send(url, 'POST', mail('grace@example.com'), key);
  expect(other.status).toBe(422);
  expect(office.inspect.mails()).toHaveLength(1);
});

test('mail and chat count their keys apart', async () => {
  const office = await quietOffice();
  const key = { 'Idempotency-Key': 'same' };
  await send(`${office.url}/graph/v1.0/me/sendMail`, 'POST', mail('ada@example.com'), key);
  const chat = `${office.url}/teams/Sales/channels/Reports/messages`;
  expect((await send(chat, 'POST', { body: { content: 'Hi' } }, key)).status).toBe(201);
  expect(office.inspect.effects('same')).toBe(2);
});

test('lists and tables keep no effect back, but tell how many there were for a key', async () => {
  const office = await quietOffice();
  office.createTable('crm_reports', ['crm_title']);
  const url = `${office.url}/dataverse/api/data/v9.2/crm_reports`;
  for (let attempt = 0; attempt < 2; attempt++) {
    await send(url, 'POST', { crm_title: 'North' }, { 'Idempotency-Key': 'item-1' });
  }
  expect(office.inspect.rows('crm_reports')).toHaveLength(2);
  expect(office.inspect.effects('item-1')).toBe(2);
  expect(office.inspect.writes('item-1')).toMatchObject([
    { service: 'dataverse', operation: 'create', effect: true },
    { service: 'dataverse', operation: 'create', effect: true },
  ]);
});

test('another path or method is refused', async () => {
  const office = await quietOffice();
  expect((await fetch(`${office.url}/graph/v1.0/me/sendMail`)).status).toBe(405);
  expect((await send(`${office.url}/graph/v1.0/me/messages`, 'POST', {})).status).toBe(404);
  const chat = `${office.url}/teams/Sales/channels/Reports/messages`;
  expect((await send(chat, 'POST', { body: {} })).status).toBe(400);
});
