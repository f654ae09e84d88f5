/**
 * The record that every action leaves behind: what is in it, and how it is written as JSON and shown
 * on the console.
 * @module
 */
import { inspect } from 'node:util';
import { virtualClock } from '@runafter/clock';
import { type ActionRecord, type Flow, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

const midnight = Date.UTC(2026, 0, 1);

describe('the record of an action', () => {
  it('has its name, path, kind, status, inputs, outputs, times and tracking id', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Report', (flow) => {
      const read = flow.action('Read', () => clock.sleep('2s').then(() => ['a', 'b']));
      flow.action('Count', [read], async ([rows]) => {
        await clock.sleep('3s');
        return rows.length;
      });
    });
    const { results } = await start(flow, undefined, { clock, runId: 'week-47' }).finished;

    expect(fieldsOf(results[1])).toEqual({
      name: 'Count',
      path: 'Count',
      kind: 'action',
      status: 'Succeeded',
      code: 'OK',
      criticality: 'critical',
      inputs: [['a', 'b']],
      outputs: 2,
      error: undefined,
      startTime: new Date(midnight + 2_000),
      endTime: new Date(midnight + 5_000),
      trackingId: 'week-47/Count',
      clientTrackingId: 'week-47',
      attempts: [
        {
          number: 1,
          startTime: new Date(midnight + 2_000),
          endTime: new Date(midnight + 5_000),
        },
      ],
      results: [],
      iterations: undefined,
      counts: undefined,
      childRunId: undefined,
      unsettled: undefined,
    });
  });

  it('has no outputs but an error with code, message and what was thrown, when it failed', async () => {
    const thrown = Object.assign(new Error('Nobody is home.'), { code: 'NOT_FOUND' });
    const flow = workflow('Report', (flow) => {
      flow.action('Read', () => {
        throw thrown;
      });
    });
    const [read] = (await start(flow, undefined).finished).results;

    expect(read).toMatchObject({ status: 'Failed', code: 'NOT_FOUND', outputs: undefined });
    expect(read?.error).toEqual({ code: 'NOT_FOUND', message: 'Nobody is home.' });
    expect(read?.error?.cause).toBe(thrown);
    expect(read?.attempts).toMatchObject([{ number: 1, error: { code: 'NOT_FOUND' } }]);
  });

  it('has no attempts and takes no time, when it was skipped', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Report', (flow) => {
      const read = flow.action('Read', async () => {
        await clock.sleep('2s');
        throw new Error('no');
      });
      flow.action('Count', [read], () => 1);
    });
    const { results } = await start(flow, undefined, { clock }).finished;

    expect(results[1]).toMatchObject({ status: 'Skipped', attempts: [], inputs: [] });
    expect(results[1]?.startTime).toEqual(new Date(midnight + 2_000));
    expect(results[1]?.endTime).toEqual(new Date(midnight + 2_000));
  });

  it('can be asked for by its path while the run goes on, once it has ended', async () => {
    const clock = virtualClock();
    const flow = workflow('Report', (flow) => {
      const bad = flow.action('Bad', () => {
        throw new Error('no');
      });
      const slow = flow.action('Slow', () => clock.sleep('1m'));
      flow.action('After_Both', [bad, slow], () => 1);
      flow.scope('Inside', [], (scope) => scope.action('Quick', () => 7));
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');

    expect(run.results.map(({ name }) => name)).toEqual(['Bad', 'Inside']);
    expect(run.result('Inside/Quick')?.outputs).toBe(7);
    expect(run.result('Slow')).toBeUndefined();
    expect(run.result('After_Both')).toBeUndefined();
    expect(run.usage()).toMatchObject({ executed: 3, skipped: 0 });

    await clock.advance('1m');
    await run.finished;

    expect(run.result('After_Both')?.status).toBe('Skipped');
  });

  it('of a scope has those of its first level, and its own status beside theirs', async () => {
    const { results } = await start(provision, { crm: 'down' }).finished;
    const scope = results[0];

    expect(scope).toMatchObject({ name: 'Provision', kind: 'scope', status: 'Failed' });
    expect(scope?.results.map(({ path, status }) => [path, status])).toEqual([
      ['Provision/Account', 'Succeeded'],
      ['Provision/CRM_Record', 'Failed'],
      ['Provision/Welcome', 'Skipped'],
    ]);
    expect(scope?.error?.message).toContain('"Provision/CRM_Record" ended Failed: CRM is down.');
  });
});

describe('the JSON of a record', () => {
  it('has every field that a report needs, with times in ISO form', async () => {
    const clock = virtualClock();
    const run = start(provision, { crm: 'up' }, { clock, runId: 'hire-7' });
    const { results } = await run.finished;

    expect(JSON.parse(JSON.stringify(results[0])).results[1]).toEqual({
      name: 'CRM_Record',
      path: 'Provision/CRM_Record',
      kind: 'action',
      status: 'Succeeded',
      code: 'OK',
      criticality: 'critical',
      inputs: ['account-1'],
      outputs: { id: 'crm-1' },
      startTime: '2026-01-01T00:00:00.000Z',
      endTime: '2026-01-01T00:00:00.000Z',
      trackingId: 'hire-7/Provision/CRM_Record',
      clientTrackingId: 'hire-7',
      attempts: [
        {
          number: 1,
          startTime: '2026-01-01T00:00:00.000Z',
          endTime: '2026-01-01T00:00:00.000Z',
        },
      ],
      results: [],
    });
  });

  it('leaves out what was thrown, wherever an error stands, so that it can always be written', async () => {
    const thrown = Object.assign(new Error('refused'), { request: { token: 'hunter2' } });
    Object.assign(thrown, { self: thrown });
    const fail = () => {
      throw thrown;
    };
    const flow = workflow('Report', (flow) => {
      const once = flow.action('Once', fail, { criticality: 'important' });
      const again = flow.action('Again', fail, {
        retry: { type: 'fixed', count: 1, interval: '1s' },
      });
      const loop = flow.forEach(
        'Loop',
        [],
        () => [1],
        (each) => each.action('Item', fail),
        {
          key: fail,
        },
      );
      flow.action('After', [settled(once), settled(again), settled(loop)], () => 'done');
    });
    const events: unknown[] = [];
    const clock = virtualClock({ autoAdvance: true });
    const result = await start(flow, undefined, { clock, onEvent: (e) => events.push(e) }).finished;

    const json = JSON.stringify({ result, events });
    expect(json).not.toContain('hunter2');
    expect(json).not.toContain('"cause"');
    expect(JSON.parse(json).result.results[0].attempts[0].error).toEqual({
      code: 'UNKNOWN_ERROR',
      message: 'refused',
    });
    expect(result.handledFailures).toHaveLength(3);
    expect(result.flagged[0]?.error?.cause).toBe(thrown);
  });

  it('of a finished run has the status, the outputs, all records and the usage', async () => {
    const result = await start(provision, { crm: 'up' }, { runId: 'hire-7' }).finished;

    expect(JSON.parse(JSON.stringify(result))).toMatchObject({
      runId: 'hire-7',
      workflow: 'Provision_Hire',
      status: 'Succeeded',
      outputs: 'crm-1',
      results: [{ name: 'Provision', results: [{}, {}, {}] }],
      handledFailures: [],
      flagged: [],
      unsettled: [],
      usage: { executed: 4, skipped: 0, attempts: 3 },
    });
  });
});

describe('console.log of a record', () => {
  it('shows what its JSON has, and no internals', async () => {
    const { results } = await start(provision, { crm: 'down' }).finished;
    const shown = inspect(results[0], { depth: 4 });

    expect(shown).toContain("path: 'Provision/CRM_Record'");
    expect(shown).toContain("code: 'UNKNOWN_ERROR'");
    expect(shown).not.toContain('undefined');
    expect(shown).not.toMatch(/bits|frame|detail/);
  });
});

const provision = workflow('Provision_Hire', (flow: Flow<{ crm: 'up' | 'down' }>) => {
  return flow.scope('Provision', [], (scope) => {
    const account = scope.action('Account', () => 'account-1');
    const record = scope.action('CRM_Record', [account], (_, { input }) => {
      if (input.crm === 'down') throw new Error('CRM is down.');
      return { id: 'crm-1' };
    });
    return scope.action('Welcome', [record], ([{ id }]) => id);
  });
});

function fieldsOf(record: ActionRecord | undefined): object {
  const { name, path, kind, status, code, criticality, inputs, outputs, error } =
    record as ActionRecord;
  const { startTime, endTime, trackingId, clientTrackingId, attempts } = record as ActionRecord;
  const { results, iterations, counts, childRunId, unsettled } = record as ActionRecord;
  return {
    ...{ name, path, kind, status, code, criticality, inputs, outputs, error },
    ...{ startTime, endTime, trackingId, clientTrackingId, attempts },
    ...{ results, iterations, counts, childRunId, unsettled },
  };
}
