import { pool } from '@runafter/claim';
import { expect, test } from 'vitest';
import { licencesIn } from '../src/licences.ts';
import { isProven } from '../src/proof.ts';
import { factsOf, isRight, reportText } from '../src/report.ts';
import { aBatch, type Batch, someHires } from './batch.ts';

const account = (number: number, name = `ada.${number}`) => ({
  userPrincipalName: `${name}@example.com`,
  displayName: 'Ada',
  employeeId: `E${1000 + number}`,
  department: 'Sales',
});

const plants: [string, (batch: Batch) => Promise<unknown>, string][] = [
  [
    'a second account',
    ({ client }) => client.accounts.create(account(1, 'ada.again')),
    'E1001: 2 account, 1 site, 1 licence, 1 log, 1 mail',
  ],
  [
    'an account that is gone',
    async ({ client, office }) =>
      client.accounts.remove(office.inspect.accounts()[0]?.id as string),
    '0 account, 1 site, 1 licence, 1 log, 1 mail',
  ],
  [
    'a second site',
    ({ client }) =>
      client.sites.create({ url: 'https://example.com/e1002', title: 'x', owner: 'ada' }),
    'E1002: 1 account, 2 site,',
  ],
  [
    'a second mail',
    ({ client }) => client.mail.send({ to: ['ada.2@example.com'], subject: 'x', body: '' }),
    '1 log, 2 mail',
  ],
  [
    'a second entry in the log',
    ({ database }) =>
      database.log({ operation: 'x', employee: 'E1001', account: '', site: '', licence: '' }),
    '2 log',
  ],
  [
    'a second licence',
    ({ database }) =>
      licencesIn(database).E3.claim({ mode: 'assign', once: 'again/Hires[id=E1001]/Licence' }),
    '2 licence',
  ],
  [
    'an account of somebody else',
    ({ client }) => client.accounts.create(account(99)),
    'account of "E1099"',
  ],
  [
    'a licence that nobody knows of',
    ({ database }) => licencesIn(database).E3.claim({ mode: 'assign', once: 'somebody' }),
    'licence of "somebody"',
  ],
];

test.each(plants)('%s is found, and told', async (_, plant, told) => {
  const batch = await aBatch(someHires(2));
  const summary = await batch.run();
  const before = { summary, proof: await batch.proof(), database: 'SQLite', seconds: 2 };
  expect(isRight(before)).toBe(true);
  await plant(batch);
  const proof = await batch.proof();
  expect(isProven(proof)).toBe(false);
  expect(reportText({ ...before, proof }, 300)).toContain(told);
});

test('a licence that was given back is missed', async () => {
  const batch = await aBatch(someHires(31));
  await batch.run();
  const [entry] = await batch.database.logged();
  await using licences = pool(batch.database.pools, 'batch: E5 licences');
  const held = (await licences.inspect()).find(({ resource }) => resource === entry?.licence);
  await licences.release(held?.claim?.by as string);
  const proof = await batch.proof();
  expect(proof).toMatchObject({ licencesHeld: 29, licencesDue: 30 });
  expect(isProven(proof)).toBe(false);
});

test('a summary that says something else than the systems is not right', async () => {
  const batch = await aBatch(someHires(2));
  const summary = await batch.run();
  const outcome = { proof: await batch.proof(), database: 'SQLite', seconds: 2 };
  const wrong = { ...summary, complete: 1 };
  expect(isRight({ ...outcome, summary: wrong })).toBe(false);
  const text = reportText({ ...outcome, summary: wrong }, 300);
  expect(text).toContain('The summary says something else than the systems.');
});

test('the report has the counts by reason, who is not onboarded, and both times', async () => {
  const batch = await aBatch(someHires(32));
  const summary = await batch.run();
  const outcome = { summary, proof: await batch.proof(), database: 'SQLite', seconds: 2 };
  const text = reportText(outcome, 300);
  expect(text).toMatch(/^ {2}E10\d\d {2}Ada Lovelace \d+ +Sales {2}no E5 licence was left/m);
  expect(text).toMatch(/^ {2}complete +30$/m);
  expect(text).toMatch(/^ {2}POOL_EMPTY +2$/m);
  expect(text).toMatch(/^ {2}licences held +30 {3}of 30$/m);
  expect(text).toContain('one after the other    2 h 24 min   computed: 32 hires');
  expect(text).toContain('side by side           0 h 10 min   2.0 s here, times 300');
  expect(factsOf(outcome)).toMatchObject({
    hires: 32,
    complete: 30,
    reasons: [{ code: 'POOL_EMPTY', count: 2 }],
    proof: { complete: 30, untouched: 2, halfDone: 0, strays: 0, licencesHeld: 30 },
  });
});
