import { describe, expect, test } from 'vitest';
import { licencesIn } from '../src/licences.ts';
import { isProven } from '../src/proof.ts';
import { isRight } from '../src/report.ts';
import { aBatch, someHires } from './batch.ts';

const everything = { account: 1, site: 1, licence: 1, log: 1, mail: 1 };
const nothing = { account: 0, site: 0, licence: 0, log: 0, mail: 0 };

test('everybody gets an account, a site, a licence, an entry in the log and a mail', async () => {
  const hires = someHires(8);
  const batch = await aBatch(hires);
  expect(await batch.run()).toEqual({ total: 8, complete: 8, reasons: [], notOnboarded: [] });
  const proof = await batch.proof();
  expect(proof.complete).toEqual(
    hires.map(({ number: employee }) => ({ employee, trace: everything })),
  );
  expect(isProven(proof)).toBe(true);
  expect(batch.office.inspect.accounts()[0]).toMatchObject({ department: 'Sales' });
  const [entry] = await batch.database.logged();
  expect(entry).toMatchObject({
    employee: 'E1001',
    account: 'ada.1@example.com',
    site: 'https://example.sharepoint.com/sites/e1001',
    licence: expect.stringMatching(/^E5-\d+$/),
  });
  expect(batch.office.inspect.mails()[0]?.body).toContain('Grace Hopper expects you in Sales.');
});

test('who gets no licence is undone without a trace, and listed with a comment; the others stay', async () => {
  const batch = await aBatch(someHires(34));
  const summary = await batch.run();
  expect(summary).toMatchObject({ complete: 30, reasons: [{ code: 'POOL_EMPTY', count: 4 }] });
  expect(summary.notOnboarded).toHaveLength(4);
  expect(summary.notOnboarded[0]).toMatchObject({
    name: expect.stringContaining('Ada Lovelace'),
    department: 'Sales',
    comment: expect.stringMatching(/^no E5 licence was left; undone: Account(, Site)?$/),
  });
  const proof = await batch.proof();
  expect(proof.untouched.map(({ trace }) => trace)).toEqual(Array(4).fill(nothing));
  expect(isRight({ summary, proof })).toBe(true);
  expect(proof.licencesHeld).toBe(30);
});

test('a site that is in the making when its hire is given up is undone too', async () => {
  // A second here, after half of which the site is there; that there is no licence is known at once.
  const sites = { limit: 'off', latency: { read: '1s', write: '2000s', sigma: 0 } } as const;
  const batch = await aBatch(someHires(1), { sites });
  const { E5 } = licencesIn(batch.database);
  for (let other = 0; other < 30; other++) await E5.claim({ mode: 'assign', once: `${other}` });
  const { notOnboarded } = await batch.run();
  expect(notOnboarded).toMatchObject([{ comment: expect.stringMatching(/Account, Site$/) }]);
  expect(batch.office.stats().sites.calls).toBe(3);
  expect(batch.office.inspect.sites()).toEqual([]);
});

test('undoing many at once keeps to the limits of the services', async () => {
  const batch = await aBatch(someHires(40), {
    directory: { limit: 'off', latency: { read: '100s', write: '100s', sigma: 0 } },
  });
  const { E5 } = licencesIn(batch.database);
  for (let other = 0; other < 30; other++) await E5.claim({ mode: 'assign', once: `${other}` });
  expect(await batch.run()).toMatchObject({ complete: 0 });
  expect(batch.office.stats().directory.peakInService).toBeLessThanOrEqual(15);
});

describe('what was there before', () => {
  test('an account of the same name is left alone, and its hire gets nothing', async () => {
    const batch = await aBatch(someHires(2));
    const theirs = await batch.client.accounts.create({
      userPrincipalName: 'ada.1@example.com',
      displayName: 'Ada Byron',
      employeeId: 'E0007',
      department: 'Sales',
    });
    const { complete, notOnboarded } = await batch.run();
    expect(complete).toBe(1);
    expect(notOnboarded).toMatchObject([
      { employee: 'E1001', comment: expect.stringContaining('userPrincipalName already exists') },
    ]);
    expect(batch.office.inspect.accounts()).toContainEqual(theirs);
    expect(batch.office.inspect.sites()).toHaveLength(1);
  });

  test('a site at the same address is left alone, and the account and the licence are undone', async () => {
    const batch = await aBatch(someHires(2));
    const theirs = await batch.client.sites.create({
      url: 'https://example.sharepoint.com/sites/e1001',
      title: 'Archive',
      owner: 'grace@example.com',
    });
    const { complete, reasons } = await batch.run();
    expect([complete, reasons[0]?.count]).toEqual([1, 1]);
    expect(batch.office.inspect.sites()).toContainEqual(theirs);
    expect(batch.office.inspect.accounts()).toHaveLength(1);
    expect((await batch.proof()).licencesHeld).toBe(1);
  });
});

describe('trouble that passes', () => {
  test('lost replies, 503 and 429 in all systems leave nobody half done and do nothing twice', async () => {
    const batch = await aBatch(someHires(34));
    for (const kind of ['error', 'throttle'] as const) {
      batch.office.faults.on({ kind, probability: 0.08 });
    }
    const lostReplies = (['directory', 'sites', 'mail'] as const).map((service) =>
      batch.office.faults.on({ kind: 'lostReply', service, times: 5 }),
    );
    const summary = await batch.run();
    const proof = await batch.proof();
    expect(isRight({ summary, proof })).toBe(true);
    expect(summary.complete).toBe(30);
    const { inspect } = batch.office;
    const keys = new Set(inspect.writes().flatMap(({ key }) => key ?? []));
    expect([...keys].filter((key) => inspect.effects(key) > 1)).toEqual([]);
    expect([...keys].filter((key) => inspect.deliveries(key) > 1)).not.toEqual([]);
    expect(lostReplies.map(({ struck }) => struck)).toEqual([5, 5, 5]);
  });
});

describe('trouble that stays', () => {
  test('a mail that is refused undoes its hire, whose licence goes back to the pool', async () => {
    const batch = await aBatch(someHires(2));
    batch.office.faults.on({ kind: 'error', status: 400, service: 'mail', times: 1 });
    const { complete, notOnboarded } = await batch.run();
    expect(complete).toBe(1);
    expect(notOnboarded[0]?.comment).toMatch(
      /Outlook could not send .*400.*undone: Account, Site, Licence, Log; to be looked at by a person: Welcome$/,
    );
    const { untouched, licencesHeld } = await batch.proof();
    expect([untouched.length, licencesHeld]).toEqual([1, 1]);
  });

  test('an account that cannot be removed is a half done hire, who is named', async () => {
    const batch = await aBatch(someHires(1));
    batch.office.faults.on({ kind: 'error', status: 400, service: 'mail' });
    batch.office.faults.on({ kind: 'error', status: 403, service: 'directory', method: 'DELETE' });
    const summary = await batch.run();
    expect(summary.reasons).toEqual([{ code: 'COMPENSATION_FAILED', count: 1 }]);
    expect(summary.notOnboarded[0]?.comment).toContain('by a person: Account, Welcome');
    const proof = await batch.proof();
    expect(proof.halfDone).toEqual([{ employee: 'E1001', trace: { ...nothing, account: 1 } }]);
    expect(isRight({ summary, proof })).toBe(false);
  });
});
