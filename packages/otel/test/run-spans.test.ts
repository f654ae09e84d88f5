import { trace } from '@opentelemetry/api';
import {
  concurrencyLimiter,
  fixed,
  systemClock,
  traceWait,
  virtualClock,
  waitChannel,
} from '@runafter/clock';
import {
  type Executor,
  failed,
  memoryRunStore,
  resume,
  settled,
  start,
  workflow,
} from '@runafter/core';
import { none, saga } from '@runafter/saga';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { disableContext, enableContext, InMemory } from './in-memory.ts';

let otel: InMemory;

beforeAll(enableContext);
afterAll(disableContext);
beforeEach(() => {
  otel = new InMemory();
});
afterEach(async () => {
  await otel.close();
  expect(waitChannel.hasSubscribers, 'nobody listens after the run').toBe(false);
});

const refused = (code = 'REFUSED') => Object.assign(new Error('It was refused.'), { code });

describe('the spans of a run', () => {
  it('are a tree: the run, its actions, their attempts', async () => {
    const clock = virtualClock();
    const order = workflow('Order', (flow) => {
      const stock = flow.action('Stock', () => clock.sleep('1s'));
      const crm = flow.action('Crm', [stock], () => clock.sleep('2s'));
      const mail = flow.scope('Notify', [stock], (scope) => scope.action('Mail', () => 1));
      return flow.action('Close', [crm, mail], () => 2);
    });
    const run = start(order, undefined, { clock, telemetry: otel.telemetry(), runId: 'order-7' });
    await clock.advance('10s');
    await run.finished;
    expect(otel.tree()).toBe(`run Order
  action Stock
    attempt Stock
  action Crm
    attempt Crm
  scope Notify
    action Notify/Mail
      attempt Notify/Mail
  action Close
    attempt Close
`);
    expect(otel.span('run Order').attributes).toEqual({
      'runafter.workflow.name': 'Order',
      'runafter.run.id': 'order-7',
      'runafter.run.status': 'Succeeded',
    });
    const crm = otel.span('action Crm');
    expect(crm.duration).toEqual([2, 0]);
    expect(crm.attributes).toMatchObject({
      'runafter.action.path': 'Crm',
      'runafter.action.address': 'Crm',
      'runafter.action.status': 'Succeeded',
    });
  });

  it('stand below whoever started the run', async () => {
    const tracer = otel.tracers.getTracer('app');
    await tracer.startActiveSpan('request', async (span) => {
      const flow = workflow('W', (flow) => flow.action('A', () => 1));
      await start(flow, undefined, { telemetry: otel.telemetry() }).finished;
      span.end();
    });
    expect(otel.tree()).toMatch(/^request\n {2}run W\n/u);
  });

  it('of an attempt is active in the handler, and those of clients stand below it', async () => {
    const client = otel.tracers.getTracer('http');
    const flow = workflow('W', (flow) => {
      const first = flow.action('First', async () => {
        await Promise.resolve();
        client.startSpan('GET').end();
        return trace.getActiveSpan()?.spanContext().spanId;
      });
      return flow.action('Second', [first], ([first]) => {
        client.startSpan('PUT').end();
        return first;
      });
    });
    const run = start(flow, undefined, { telemetry: otel.telemetry() });
    const result = await run.finished;
    const { spanId } = otel.span('attempt First').spanContext();
    expect(result).toMatchObject({ outputs: spanId });
    expect(otel.tree()).toContain('    attempt First\n      GET\n');
    expect(otel.tree()).toContain('    attempt Second\n      PUT\n');
    expect(trace.getActiveSpan()).toBeUndefined();
  });

  it('tell of failures by code, of retries and of what was skipped', async () => {
    const clock = virtualClock();
    const flow = workflow('W', (flow) => {
      const push = flow.action(
        'Push',
        () => {
          throw Object.assign(new Error('slow down'), { status: 429 });
        },
        { retry: fixed({ count: 1, interval: '5s' }), criticality: 'important' },
      );
      flow.action('After', [push], () => 1);
    });
    const run = start(flow, undefined, { clock, telemetry: otel.telemetry() });
    await clock.advance('10s');
    await run.finished;
    const push = otel.span('action Push');
    expect(push.status).toMatchObject({ code: 2, message: 'slow down' });
    expect(push.attributes['error.type']).toBe('HTTP_429');
    expect(push.events.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        'runafter.retry',
        { 'runafter.attempt.number': 1, 'runafter.retry.wait': 5_000, 'error.type': 'HTTP_429' },
      ],
      ['exception', { 'exception.type': 'HTTP_429', 'exception.message': 'slow down' }],
    ]);
    const ran = otel.span('run W');
    expect(ran.events.map(({ name }) => name)).toEqual([
      'runafter.flagged',
      'runafter.skipped',
      'exception',
    ]);
    expect(otel.spans.filter(({ name }) => name === 'attempt Push')).toHaveLength(2);
    expect(await otel.points('runafter.throttled')).toMatchObject([{ value: 2 }]);
    expect(await otel.points('runafter.retries')).toMatchObject([{ value: 1 }]);
    expect(await otel.points('runafter.skipped')).toMatchObject([{ value: 1 }]);
  });

  it('of an action with secure values have the code of its error, and no word of it', async () => {
    const flow = workflow('W', (flow) => {
      flow.action(
        'Login',
        () => {
          throw Object.assign(new Error('hunter2 is wrong'), { code: 'hunter2' });
        },
        { secure: { outputs: true } },
      );
    });
    await start(flow, undefined, { telemetry: otel.telemetry() }).finished;
    const told = JSON.stringify(
      otel.spans.map(({ attributes, events, status }) => [attributes, events, status]),
    );
    expect(told).not.toContain('hunter2');
    expect(otel.span('action Login').attributes['error.type']).toBe('SECURE_ACTION_FAILED');
  });

  it('end when the run is cancelled, which is no error', async () => {
    const clock = virtualClock();
    const flow = workflow('W', (flow) => {
      flow.action('Slow', ({ signal }) => clock.sleep('1h', { signal }));
    });
    const run = start(flow, undefined, { clock, telemetry: otel.telemetry() });
    await clock.advance('1s');
    run.cancel();
    await run.finished;
    expect(otel.tree()).toBe('run W\n  action Slow\n    attempt Slow\n');
    expect(otel.span('run W').attributes['runafter.run.status']).toBe('Cancelled');
    expect(otel.spans.map(({ status }) => status.code)).toEqual([0, 0, 0]);
  });

  it('end with the run where it goes on nowhere, and its handlers settle later', async () => {
    const flow = workflow('W', (flow) => {
      const first = flow.action('First', () => Promise.resolve(1));
      flow.action('Second', [first], () => 2);
      flow.action('Third', ({ signal }) => systemClock.sleep('1h', { signal }));
    });
    const executor: Executor = {
      dispatch: ({ path, run }) => {
        if (path === 'Second') throw new Error('The queue is gone.');
        void run();
      },
    };
    const run = start(flow, undefined, { executor, telemetry: otel.telemetry() });
    await expect(run.finished).rejects.toThrow('The queue is gone.');
    await new Promise((resolve) => setImmediate(resolve));
    const names = otel.spans.map(({ name }) => name);
    expect(names.sort()).toEqual([
      'action First',
      'action Third',
      'attempt First',
      'attempt Third',
      'run W',
    ]);
  });

  it('of a saga show what was undone, and a child workflow stands in its action', async () => {
    const client = otel.tracers.getTracer('http');
    const inner = workflow('Inner', (flow) => flow.action('Do', () => 1));
    const flow = workflow('W', (flow) => {
      const child = flow.child('Call', [], inner, () => undefined);
      saga(flow, 'Hire', [settled(child)], (saga) => {
        const account = saga.step('Account', () => 1, {
          compensate: () => client.startSpan('DELETE').end(),
        });
        const refuse = () => {
          throw refused();
        };
        saga.step('Licence', [account], refuse, { compensate: none('Nothing was done.') });
      });
    });
    await start(flow, undefined, { telemetry: otel.telemetry() }).finished;
    expect(otel.tree()).toContain('child Call\n    run Inner\n      action Do\n');
    expect(otel.tree()).toMatch(/ {2}container Hire\n(?: {4}.*\n)* {4}shielded .*\n {6}DELETE\n/u);
  });
});

describe('waits', () => {
  it('are spans of the attempt that waits, and a metric without their names', async () => {
    const clock = virtualClock();
    const limiter = concurrencyLimiter(1, { name: 'crm' });
    const held = await limiter.acquire();
    const flow = workflow('W', (flow) => {
      flow.action('A', async () => {
        await traceWait('lock', 'invoice-42', () => clock.sleep('3s'));
        (await limiter.acquire()).release();
      });
    });
    const run = start(flow, undefined, { clock, telemetry: otel.telemetry() });
    await clock.advance('5s');
    held.release();
    await run.finished;
    expect(otel.tree()).toContain('    attempt A\n      wait lock\n      wait throttle\n');
    expect(otel.span('wait lock').attributes).toEqual({
      'runafter.wait.kind': 'lock',
      'runafter.wait.name': 'invoice-42',
    });
    expect(otel.span('wait lock').duration).toEqual([3, 0]);
    const points = await otel.points('runafter.wait.duration');
    expect(points.map(({ attributes }) => attributes)).toEqual([
      { 'runafter.workflow.name': 'W', 'runafter.wait.kind': 'lock' },
      { 'runafter.workflow.name': 'W', 'runafter.wait.kind': 'throttle' },
    ]);
  });
});

describe('a wait that goes on when nobody is watched any more', () => {
  it('ends with the run that is suspended in the middle of it', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const flow = workflow('W', (flow) => {
      flow.action('A', ({ signal }) =>
        traceWait('lock', 'invoice-42', () => clock.sleep('1h', { signal })),
      );
    });
    const run = start(flow, undefined, { clock, store, telemetry: otel.telemetry() });
    await clock.advance('3s');
    await Promise.all([run.suspend(), clock.advance('1s')]);
    expect(otel.tree()).toBe('run W\n  action A\n    attempt A\n      wait lock\n');
    expect(otel.span('wait lock').duration).toEqual([3, 0]);
    expect(await otel.points('runafter.wait.duration')).toMatchObject([{ value: { count: 1 } }]);
  });

  it('ends with the run that leaves its handler behind', async () => {
    const clock = virtualClock();
    const flow = workflow('W', (flow) => {
      flow.action('A', () => traceWait('lock', 'invoice-42', () => clock.sleep('1h')));
    });
    const options = { clock, telemetry: otel.telemetry(), grace: '2s' } as const;
    const run = start(flow, undefined, options);
    await clock.advance('3s');
    run.cancel();
    await clock.advance('10s');
    await run.finished;
    expect(otel.span('wait lock').duration).toEqual([5, 0]);
    await clock.advance('2h');
    expect(otel.spans).toHaveLength(4);
  });
});

describe('a wait', () => {
  it('of a handler with secure values has neither a name nor a message', async () => {
    const flow = workflow('W', (flow) => {
      flow.action(
        'Login',
        async () => {
          await traceWait('lock', 'user hunter2', async () => {
            throw refused('hunter2');
          });
        },
        { secure: { outputs: true } },
      );
    });
    await start(flow, undefined, { telemetry: otel.telemetry() }).finished;
    const { attributes, events, status } = otel.span('wait lock');
    expect([attributes, events, status]).toEqual([
      { 'runafter.wait.kind': 'lock' },
      [],
      { code: 2 },
    ]);
  });

  it('is told once where the run of a handler is watched by another telemetry', async () => {
    const inner = workflow('Inner', (flow) => {
      flow.action('Wait', () => traceWait('lock', 'a', async () => undefined));
    });
    const telemetry = otel.telemetry();
    const outer = workflow('Outer', (flow) => {
      flow.action('Start', async () => {
        await start(inner, undefined, { telemetry }).finished;
      });
    });
    await start(outer, undefined, { telemetry: otel.telemetry() }).finished;
    expect(otel.span('wait lock').parentSpanContext?.spanId).toBe(
      otel.span('attempt Wait').spanContext().spanId,
    );
  });
});

describe('a run that goes on elsewhere', () => {
  it('has a trace of its own, linked to the one before', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const flow = workflow('W', (flow) => {
      const first = flow.action('First', () => 1);
      flow.action('Slow', [first], (_, { signal }) => clock.sleep('1h', { signal }));
    });
    const run = start(flow, undefined, { clock, store, runId: 'r', telemetry: otel.telemetry() });
    await clock.advance('1s');
    await Promise.all([run.suspend(), clock.advance('1s')]);
    const before = otel.span('run W');
    expect(before.attributes['runafter.run.left']).toBe('RUN_SUSPENDED');
    expect(otel.tree()).toContain('action Slow');
    const later = new InMemory();
    const again = await resume(flow, 'r', { clock, store, telemetry: later.telemetry() });
    await clock.advance('2h');
    await again.finished;
    const [link] = later.span('run W').links;
    expect(link?.context).toMatchObject({
      traceId: before.spanContext().traceId,
      spanId: before.spanContext().spanId,
    });
    expect(later.span('run W').attributes['runafter.run.resumed']).toBe(true);
    expect(later.tree()).not.toContain('First');
    await later.close();
  });
});

describe('a long loop', () => {
  it('has spans of its first iterations, and counts all', async () => {
    const items = 20_000;
    const client = otel.tracers.getTracer('http');
    const flow = workflow('Import', (flow) => {
      flow.forEach(
        'Rows',
        [],
        () => Array.from({ length: items }, (_, row) => row),
        (each) =>
          each.action('Row', ({ item }) => {
            client.startSpan('POST').end();
            if (item === 700) throw refused();
          }),
        { concurrency: 20, keep: 'summary' },
      );
    });
    const telemetry = otel.telemetry({ iterationsPerLoop: 10 });
    await start(flow, undefined, { telemetry }).finished;
    const named = (name: string) => otel.spans.filter((span) => span.name === name).length;
    expect(otel.spans).toHaveLength(2 + 10 * 4);
    expect([named('iteration Rows'), named('attempt Rows/Row'), named('POST')]).toEqual([
      10, 10, 10,
    ]);
    expect(otel.span('forEach Rows').events).toMatchObject([
      {
        name: 'runafter.failed',
        attributes: { 'runafter.action.path': 'Rows[700]/Row', 'error.type': 'REFUSED' },
      },
      { name: 'exception' },
    ]);
    const points = await otel.points('runafter.attempts');
    const counted = points.map(({ attributes, value }) => [attributes, value]);
    const where = { 'runafter.workflow.name': 'Import', 'runafter.action.address': 'Rows/Row' };
    expect(counted).toEqual([
      [where, items - 1],
      [{ ...where, 'error.type': 'REFUSED' }, 1],
    ]);
  });

  it('tells of the failure of a late iteration, however many have skipped something', async () => {
    const flow = workflow('W', (flow) => {
      flow.forEach(
        'Rows',
        [],
        () => Array.from({ length: 500 }, (_, row) => row),
        (each) => {
          const first = each.action('First', ({ item }) => {
            if (item === 100) throw refused();
          });
          each.action('OnFailure', [failed(first)], () => undefined);
        },
      );
    });
    const telemetry = otel.telemetry({ iterationsPerLoop: 10 });
    await start(flow, undefined, { telemetry }).finished;
    expect(otel.span('forEach Rows').events[0]).toMatchObject({
      name: 'runafter.failed',
      attributes: { 'runafter.action.path': 'Rows[100]/First' },
    });
    const [iteration] = otel.spans.filter(({ name }) => name === 'iteration Rows');
    expect(iteration?.events).toMatchObject([{ name: 'runafter.skipped' }]);
  });

  it('of loops has no more spans than a run may have', async () => {
    const flow = workflow('W', (flow) => {
      flow.forEach(
        'Outer',
        [],
        () => [1, 2, 3, 4],
        (outer) => {
          outer.forEach(
            'Inner',
            [],
            () => [1, 2, 3, 4],
            (inner) => inner.action('A', () => 1),
          );
        },
      );
    });
    await start(flow, undefined, { telemetry: otel.telemetry({ spansPerRun: 12 }) }).finished;
    expect(otel.spans).toHaveLength(12);
    expect(() => otel.telemetry({ spansPerRun: 0 })).toThrow(/spansPerRun/u);
  });
});

describe('metrics', () => {
  it('have durations in seconds, by workflow, address and status, and nothing active after the end', async () => {
    const clock = virtualClock();
    const flow = workflow('W', (flow) => {
      flow.action('A', () => clock.sleep('2s'));
    });
    const telemetry = otel.telemetry();
    const run = start(flow, undefined, { clock, telemetry });
    await clock.advance('1s');
    expect(await otel.points('runafter.run.active')).toMatchObject([{ value: 1 }]);
    expect(await otel.points('runafter.handler.active')).toMatchObject([{ value: 1 }]);
    await clock.advance('5s');
    await run.finished;
    expect(await otel.points('runafter.run.active')).toMatchObject([{ value: 0 }]);
    expect(await otel.points('runafter.handler.active')).toMatchObject([{ value: 0 }]);
    expect(await otel.points('runafter.run.duration')).toMatchObject([
      {
        attributes: { 'runafter.workflow.name': 'W', 'runafter.run.status': 'Succeeded' },
        value: { count: 1, sum: 2 },
      },
    ]);
    expect(await otel.points('runafter.action.duration')).toMatchObject([
      {
        attributes: {
          'runafter.workflow.name': 'W',
          'runafter.action.address': 'A',
          'runafter.action.status': 'Succeeded',
        },
        value: { count: 1, sum: 2 },
      },
    ]);
  });

  it('have a hundred types of errors at most', async () => {
    const flow = workflow('W', (flow) => {
      flow.forEach(
        'Each',
        [],
        () => Array.from({ length: 150 }, (_, index) => index),
        (each) =>
          each.action('A', ({ item }) => {
            throw refused(`CODE_${item}`);
          }),
      );
    });
    await start(flow, undefined, { telemetry: otel.telemetry() }).finished;
    const points = await otel.points('runafter.attempts');
    expect(points).toHaveLength(101);
    expect(points.at(-1)).toMatchObject({ attributes: { 'error.type': '_OTHER' }, value: 50 });
  });
});
