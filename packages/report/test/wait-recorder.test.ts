import { concurrencyLimiter, traceWait, virtualClock, waitChannel } from '@runafter/clock';
import { start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { recordWaits } from '../src/index.ts';

describe('a recorder of waits', () => {
  it('notes which attempt waited for what, how deep in its handler ever, and when', async () => {
    const clock = virtualClock();
    const crm = concurrencyLimiter(1, { name: 'crm' });
    const held = await crm.acquire();
    const flow = workflow('Push', (flow) =>
      flow.forEach(
        'Leads',
        [],
        () => ['a', 'b'],
        (each) =>
          each.action('Push', async ({ signal }) => {
            await clock.sleep('1s');
            await Promise.all([traceWait('lock', 'leads', () => clock.sleep('2s'))]);
            (await crm.acquire({ signal })).release();
          }),
        { concurrency: 2 },
      ),
    );
    const recorder = recordWaits();
    const run = start(flow, undefined, { clock, telemetry: recorder, runId: 'r' });
    await clock.advance('10s');
    held.release();
    await run.finished;
    const of = (index: number) => ({ runId: 'r', path: `Leads[${index}]/Push`, attempt: 1 });
    const since = clock.now() - 10_000;
    const lock = { for: 'lock', name: 'leads', startTime: since + 1_000, endTime: since + 3_000 };
    const limiter = {
      for: 'throttle',
      name: 'crm',
      startTime: since + 3_000,
      endTime: clock.now(),
    };
    expect(recorder.waits).toEqual([
      { ...of(0), ...lock },
      { ...of(1), ...lock },
      { ...of(0), ...limiter },
      { ...of(1), ...limiter },
    ]);
  });

  it('notes the wait for a limiter of the run before the attempt has begun', async () => {
    const clock = virtualClock();
    const limiter = concurrencyLimiter(1);
    const held = await limiter.acquire();
    const recorder = recordWaits();
    const flow = workflow('W', (flow) => flow.action('A', () => 1));
    const run = start(flow, undefined, { clock, limiter, telemetry: recorder });
    await clock.advance('5s');
    held.release();
    await run.finished;
    expect(recorder.waits).toMatchObject([{ path: 'A', for: 'throttle', attempt: 1 }]);
  });

  it('notes nothing of what waits outside of its runs', async () => {
    const recorder = recordWaits();
    const done = Promise.withResolvers<void>();
    const run = start(
      workflow('W', (flow) => flow.action('A', () => done.promise)),
      undefined,
      { telemetry: recorder },
    );
    await traceWait('lock', 'elsewhere', async () => undefined);
    done.resolve();
    await run.finished;
    expect(recorder.waits).toEqual([]);
  });

  it('notes a wait that goes on when its run has left the handler behind', async () => {
    const clock = virtualClock();
    const recorder = recordWaits();
    const flow = workflow('W', (flow) => {
      flow.action('A', () => traceWait('lock', 'ledger', () => clock.sleep('1h')), {
        timeout: '3s',
      });
    });
    const { finished } = start(flow, undefined, { clock, telemetry: recorder, grace: '1s' });
    const startTime = clock.now();
    await clock.advance('10s');
    await finished;
    const lock = { path: 'A', for: 'lock', name: 'ledger', startTime, endTime: startTime + 4_000 };
    expect(recorder.waits).toMatchObject([lock]);
    await clock.advance('2h');
    expect(recorder.waits).toHaveLength(1);
  });

  it('does not name what a handler with secure values waits for', async () => {
    const recorder = recordWaits();
    const wait = () => traceWait('lock', 'user hunter2', async () => undefined);
    const flow = workflow('W', (flow) => {
      flow.action('Login', wait, { secure: { inputs: true } });
    });
    await start(flow, undefined, { telemetry: recorder }).finished;
    expect(recorder.waits).toMatchObject([{ path: 'Login', for: 'lock' }]);
    expect(JSON.stringify(recorder.waits)).not.toContain('hunter2');
  });

  it('keeps no more than its limit, and counts the others', async () => {
    const recorder = recordWaits({ limit: 2 });
    const flow = workflow('W', (flow) =>
      flow.action('A', async () => {
        for (let wait = 0; wait < 5; wait++) await traceWait('gate', 'g', async () => undefined);
      }),
    );
    await start(flow, undefined, { telemetry: recorder }).finished;
    expect([recorder.waits.length, recorder.left]).toEqual([2, 3]);
    expect(() => recordWaits({ limit: 0 })).toThrow(/limit/u);
  });

  it('listens only while a run of its goes on', async () => {
    const recorder = recordWaits();
    const flow = workflow('W', (flow) => flow.action('A', () => waitChannel.hasSubscribers));
    const runs = [1, 2].map(() => start(flow, undefined, { telemetry: recorder }).finished);
    expect((await Promise.all(runs)).map((run) => 'outputs' in run && run.outputs)).toEqual([
      true,
      true,
    ]);
    expect(waitChannel.hasSubscribers).toBe(false);
  });
});
