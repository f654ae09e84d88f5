import { concurrencyLimiter } from '@runafter/clock';
import { adaptive } from '@runafter/throttle';
import { describe, expect, test } from 'vitest';
import { reportsAtOnce } from '../src/at-once.ts';
import { effectsIn } from '../src/effects.ts';
import type { Customer, Report } from '../src/report.ts';
import { connect, names } from '../src/systems.ts';
import { countedIn } from '../src/weekly-office.ts';
import { aWeek, countStatuses, onceEach, reports, startWeek, summaryOf } from './week.ts';

describe('a week without trouble', () => {
  test('every report ends Complete with the record of its customer, and each customer is there once', async () => {
    const week = await aWeek();
    const summary = await summaryOf(startWeek(week.systems));

    expect(summary).toMatchObject({ Complete: 30, Failed: 0 });
    expect(week.records()).toEqual(onceEach());
    const customers = week.office.inspect.rows<Customer>(names.customers);
    const nameOf = new Map(customers.map(({ id, fields }) => [id, fields.crm_name]));
    for (const { fields } of week.items()) {
      expect(fields).toMatchObject({ Status: 'Complete', ProcessingNotes: '' });
      expect(nameOf.get(fields.DataverseRecordId)).toBe(fields.Customer);
    }
  });

  test('the summary has one row a report, in the order of the list', async () => {
    const week = await aWeek();
    const { rows } = await summaryOf(startWeek(week.systems));
    expect(rows).toEqual(
      week.items().map(({ fields: { Title, DataverseRecordId } }) => ({
        Title,
        Status: 'Complete',
        Note: DataverseRecordId,
      })),
    );
  });

  test('everybody gets one mail, and the counter is right', async () => {
    const { office, systems } = await aWeek();
    await summaryOf(startWeek(systems));
    const mails = office.inspect.mails().map(({ to, subject }) => `${subject} to ${to}`);
    const wanted = reports.map(({ Title, AssignedTo }) => `${Title} to ${AssignedTo}`);
    expect(mails.sort()).toEqual(wanted.sort());
    expect(countedIn(office)).toBe(30);
  });

  test('reports of one customer are worked on one after the other, in order', async () => {
    const { office, systems } = await aWeek();
    await summaryOf(startWeek(systems));
    const writes = office.inspect.writes().filter(({ service }) => service === 'sharepoint');
    // The list is sorted by customer, three reports each.
    const ofCustomer = (first: number) =>
      writes
        .map(({ target }) => Number(/\((\d+)\)/.exec(target)?.[1]))
        .filter((id) => id >= first && id < first + 3);
    for (let first = 1; first <= 30; first += 3) {
      expect(ofCustomer(first)).toEqual([first, first, first + 1, first + 1, first + 2, first + 2]);
    }
  });

  test('ten reports at a time are a third of what SharePoint takes', async () => {
    expect(reportsAtOnce).toBe(10);
    const { office, systems } = await aWeek();
    await summaryOf(startWeek(systems));
    expect(office.stats().sharepoint.peakInService).toBeLessThanOrEqual(10);
  });

  test('mails go through their limiter, and hold back nothing else', async () => {
    const { office, systems } = await aWeek();
    const how = { mailLimiter: concurrencyLimiter(1) };
    expect(await summaryOf(startWeek(systems, {}, how))).toMatchObject({ Complete: 30 });
    expect(office.stats().mail.peakInService).toBe(1);
    expect(office.stats().sharepoint.peakInService).toBeGreaterThan(1);
  });

  test('with an adaptive limiter there are as many at a time as it says', async () => {
    const { office, systems } = await aWeek();
    const how = { concurrency: adaptive({ max: 3 }) };
    expect(await summaryOf(startWeek(systems, {}, how))).toMatchObject({ Complete: 30 });
    expect(office.stats().sharepoint.peakInService).toBeLessThanOrEqual(3);
  });

  test('a list of several pages is worked through to its end', async () => {
    const many = Array.from({ length: 4 }, () => reports).flat(); // a page has 100
    const week = await aWeek(many);
    week.office.setLimit('mail', 'off');
    expect(await summaryOf(startWeek(week.systems))).toMatchObject({ Complete: 120, Failed: 0 });
    expect(countStatuses(week.items())).toEqual({ Complete: 120 });
    expect(week.records()).toEqual(onceEach());
  });

  test('an empty list is a summary of nothing', async () => {
    const week = await aWeek([]);
    expect(await summaryOf(startWeek(week.systems))).toEqual({ Complete: 0, Failed: 0, rows: [] });
  });
});

describe('trouble that passes', () => {
  test('lost replies to the creation of records create no customer twice', async () => {
    const week = await aWeek();
    const fault = week.office.faults.on({
      kind: 'lostReply',
      service: 'dataverse',
      method: 'POST',
      times: 5,
    });
    expect(await summaryOf(startWeek(week.systems))).toMatchObject({ Complete: 30, Failed: 0 });
    expect(fault.struck).toBe(5);
    expect(week.records()).toEqual(onceEach());
  });

  test('lost replies to changes of the list are recognised as changes that went through', async () => {
    const week = await aWeek();
    const lostReply = { kind: 'lostReply', service: 'sharepoint', probability: 0.3 } as const;
    const fault = week.office.faults.on(lostReply);
    expect(await summaryOf(startWeek(week.systems))).toMatchObject({ Complete: 30, Failed: 0 });
    expect(fault.struck).toBeGreaterThan(10);
    expect(countStatuses(week.items())).toEqual({ Complete: 30 });
  });

  test('lost replies to mails do not send them again', async () => {
    const { office, systems } = await aWeek();
    const fault = office.faults.on({ kind: 'lostReply', service: 'mail', times: 10 });
    expect(await summaryOf(startWeek(systems))).toMatchObject({ Complete: 30, Failed: 0 });
    expect(fault.struck).toBe(10);
    expect(office.inspect.mails()).toHaveLength(30);
    expect(effectsIn(office)).toMatchObject({ duplicates: 0, harmless: 10 });
  });

  test('the count is added to what is there already', async () => {
    const { office, systems } = await aWeek();
    const counter = await systems.counters.find({ crm_name: names.counter });
    if (counter) await systems.counters.update(counter.id, counter.etag, { crm_value: 120 });
    await summaryOf(startWeek(systems));
    expect(countedIn(office)).toBe(150);
  });

  test('a lost reply to the count does not count twice', async () => {
    const { office, systems } = await aWeek();
    const fault = office.faults.on({ kind: 'lostReply', path: names.counters, times: 1 });
    await summaryOf(startWeek(systems));
    expect([fault.struck, countedIn(office)]).toEqual([1, 30]);
  });

  test('a storm of 429 slows everything down, by as much as the services ask, and loses nothing', async () => {
    const week = await aWeek();
    // 30 s of the office are 60 ms here; the backoff alone would never wait as long.
    const storm = { kind: 'throttle', retryAfter: '30s' } as const;
    week.office.faults.on({ ...storm, service: 'sharepoint', method: 'GET', times: 5 });
    week.office.faults.on({ ...storm, service: 'sharepoint', method: 'MERGE', times: 20 });
    week.office.faults.on({ ...storm, service: 'dataverse', times: 20 });
    week.office.faults.on({ ...storm, service: 'mail', times: 20 });
    const waits: number[] = [];
    const run = startWeek(week.systems);
    run.events.subscribe((event) => {
      if (event.type === 'attempt.ended' && event.wait !== undefined) waits.push(event.wait);
    });
    expect(await summaryOf(run)).toMatchObject({ Complete: 30, Failed: 0 });
    expect(waits.length).toBeGreaterThan(30);
    expect(new Set(waits)).toEqual(new Set([60]));
    expect(countStatuses(week.items())).toEqual({ Complete: 30 });
    expect(week.office.inspect.mails()).toHaveLength(30);
  });

  test('every third call answers 500: no report is stuck, no mail is sent twice, no customer made twice', async () => {
    const week = await aWeek();
    const fault = week.office.faults.on({ kind: 'error', status: 500, probability: 0.33 });
    expect(await summaryOf(startWeek(week.systems))).toMatchObject({ Complete: 30, Failed: 0 });
    expect(fault.struck).toBeGreaterThan(30);
    expect(countStatuses(week.items())).toEqual({ Complete: 30 });
    expect(week.office.inspect.mails()).toHaveLength(30);
    expect(week.records()).toEqual(onceEach());
    expect(countedIn(week.office)).toBe(30);
  });

  test('faults of all kinds at once leave every report Complete or Failed', async () => {
    const week = await aWeek();
    for (const kind of ['lostReply', 'error', 'reset', 'throttle'] as const) {
      week.office.faults.on({ kind, probability: 0.08 });
    }
    const { Complete, Failed } = await summaryOf(startWeek(week.systems));
    expect(countStatuses(week.items())).toEqual(Failed === 0 ? { Complete } : { Complete, Failed });
    expect(Complete + Failed).toBe(30);
  });
});

describe('trouble that stays', () => {
  test('a table that does not exist: every report ends Failed with a note that says so', async () => {
    const { office, items } = await aWeek();
    const systems = connect(office.url, { fail: true });
    expect(await summaryOf(startWeek(systems))).toMatchObject({ Complete: 0, Failed: 30 });
    for (const { fields } of items()) {
      expect(fields.Status).toBe('Failed');
      expect(fields.ProcessingNotes).toContain('Dataverse has no table "crm_customer"');
    }
    expect(countedIn(office)).toBe(30);
  });

  test('mail that cannot be sent fails its reports, and the others go on', async () => {
    const typo = reports.map((report, index) =>
      index % 10 === 0 ? { ...report, AssignedTo: 'nobody' } : report,
    );
    const week = await aWeek(typo);
    const run = startWeek(week.systems);
    expect(await summaryOf(run)).toMatchObject({ Complete: 27, Failed: 3 });
    expect(countStatuses(week.items())).toEqual({ Complete: 27, Failed: 3 });
    const { handledFailures } = await run.finished;
    expect(handledFailures.map(({ path }) => path)).toContain('Reports[10]/Process');
  });

  test('a report that cannot be closed fails the run, which says which one and why', async () => {
    const { office, systems } = await aWeek(reports.slice(0, 3));
    office.faults.on({ kind: 'error', status: 400, service: 'sharepoint', path: 'items(2)' });
    const run = startWeek(systems);
    expect((await run.finished).status).toBe('Failed');
    expect(run.why().text).toContain('Reports[1]/Set_Failed');
    expect(run.result('Summarize')?.outputs).toMatchObject({ Complete: 2, Failed: 0 });
  });

  test('a list that cannot be read fails the run', async () => {
    const { office, systems } = await aWeek();
    office.faults.on({ kind: 'error', status: 403, service: 'sharepoint', method: 'GET' });
    const run = startWeek(systems);
    expect((await run.finished).status).toBe('Failed');
    expect(run.why().text).toContain('403');
  });
});

describe('somebody else at work', () => {
  /** Changes the last report as a colleague would, once the list has been read. */
  function colleague(url: string, change: Partial<Report>): () => Promise<unknown> {
    const list = connect(url).reports;
    return () => list.update(30, '*', change);
  }

  test('a report that was edited since it was read keeps the edit and is completed', async () => {
    const { office, systems, items } = await aWeek();
    const edit = colleague(office.url, { Title: 'Week 47, corrected' });
    const run = startWeek(systems);
    let edited: Promise<unknown> | undefined;
    run.events.subscribe(({ type }) => {
      if (type === 'iteration.started') edited ??= edit();
    });
    expect(await summaryOf(run)).toMatchObject({ Complete: 30 });
    await edited;
    expect(items()[29]?.fields).toMatchObject({ Title: 'Week 47, corrected', Status: 'Complete' });
  });

  test('a report that another run has taken is left to it', async () => {
    const { office, systems, items } = await aWeek();
    const theirs = { Status: 'Processing', ProcessingNotes: 'Run theirs' } as const;
    const take = colleague(office.url, theirs);
    const run = startWeek(systems);
    let taken: Promise<unknown> | undefined;
    run.events.subscribe(({ type }) => {
      if (type === 'iteration.started') taken ??= take();
    });
    const { rows } = await summaryOf(run);
    await taken;
    expect(items()[29]?.fields).toMatchObject(theirs);
    expect(rows[29]?.Note).toContain('is Processing by now, with the note "Run theirs"');
  });
});

test('a cancelled run stops at once, and nothing is called after it has ended', async () => {
  const { office, systems, items } = await aWeek();
  const run = startWeek(systems);
  let ended = 0;
  run.events.subscribe(({ type }) => {
    if (type === 'iteration.ended' && ++ended === 5) run.cancel('The test says so.');
  });
  const result = await run.finished;
  expect(result).toMatchObject({ status: 'Cancelled', unsettled: [] });
  const calls = () => Object.values(office.stats()).reduce((sum, { calls }) => sum + calls, 0);
  // What was sent before the cancel may still be on its way; it has arrived by the end of this call.
  await systems.reports.get(30);
  const before = calls();
  await systems.reports.get(30);
  expect(calls()).toBe(before + 1);
  expect(countStatuses(items()).Pending).toBeGreaterThan(0);
});
