/**
 * Time-outs of actions: TimedOut once the handler has settled, or the grace time has passed; whoever
 * did not settle is named, and what it still does changes nothing.
 * @module
 */
import { concurrencyLimiter, fixed, type VirtualClock, virtualClock } from '@runafter/clock';
import {
  type ActionOptions,
  failed,
  type RunEvent,
  type StartOptions,
  StoppedError,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

const midnight = Date.UTC(2026, 0, 1);

describe('an action whose time is up', () => {
  it('is told by its signal, and ends TimedOut when its handler has settled', async () => {
    let reason: unknown;
    const { run, result } = await timed(async (signal, clock) => {
      await clock.sleep('1h', { signal }).catch(() => {
        reason = signal.reason;
      });
      await clock.sleep('2s');
      return 'cleaned up';
    });

    expect(reason).toBeInstanceOf(StoppedError);
    expect(reason).toMatchObject({ code: 'ACTION_TIMED_OUT' });
    expect(run.result('Work')).toMatchObject({
      status: 'TimedOut',
      code: 'ACTION_TIMED_OUT',
      outputs: undefined,
      endTime: new Date(midnight + 12_000),
      error: { message: '"Work" took longer than its timeout allows.' },
    });
    expect(result).toMatchObject({ status: 'Failed', unsettled: [] });
  });

  it('can be handled with failed(), which means Failed or TimedOut', async () => {
    const { run } = await timed((signal, clock) => clock.sleep('1h', { signal }));

    expect(run.result('Handle')?.outputs).toBe('TimedOut');
  });

  it('is given up after the grace time, and named, when its handler does not settle', async () => {
    const { run, result, clock } = await timed((_, clock) => clock.sleep('1h'));

    expect(result.unsettled).toEqual(['Work']);
    expect(run.result('Work')).toMatchObject({
      status: 'TimedOut',
      unsettled: true,
      endTime: new Date(midnight + 15_000),
      error: {
        message:
          '"Work" took longer than its timeout allows. "Work" had not settled 5s after it was told ' +
          'to stop; its handler may still be running. Pass the signal on to whatever it waits for.',
      },
    });
    expect(clock.monotonic()).toBe(15_000);
  });

  it.each([
    ['returns', async (clock: VirtualClock) => clock.sleep('1h').then(() => 'late')],
    ['throws', async (clock: VirtualClock) => clock.sleep('1h').then(() => Promise.reject('late'))],
  ])('changes nothing any more when it then %s', async (_, work) => {
    let selected = 0;
    const events: RunEvent[] = [];
    const { run, result, clock } = await timed(
      (_, clock) => work(clock),
      {
        payloadLimit: 1_000,
        select: (output) => {
          selected++;
          return output;
        },
      },
      { onEvent: (event) => events.push(event) },
    );
    const before = JSON.stringify([result, run.usage(), events]);
    await clock.sleep('2h');

    expect(JSON.stringify([result, run.usage(), events])).toBe(before);
    expect(selected).toBe(0);
  });

  it('with a grace time of 0 is still waited for when it settles at once', async () => {
    const { result } = await timed(
      (signal, clock) => clock.sleep('1h', { signal }),
      {},
      { grace: 0 },
    );

    expect(result.unsettled).toEqual([]);
  });

  it('with a grace time of 0 is given up when it does not settle at once', async () => {
    const { result, clock } = await timed((_, clock) => clock.sleep('1h'), {}, { grace: 0 });

    expect(result.unsettled).toEqual(['Work']);
    expect(clock.monotonic()).toBe(10_000);
  });

  it('stays TimedOut when the run is cancelled while its handler settles', async () => {
    const clock = virtualClock();
    const flow = workflow('Timed', (flow) => {
      flow.action('Work', () => clock.sleep('12s'), { timeout: '10s' });
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('11s');
    run.cancel();
    await clock.advance('1s');

    expect((await run.finished).status).toBe('Cancelled');
    expect(run.result('Work')).toMatchObject({ status: 'TimedOut', code: 'ACTION_TIMED_OUT' });
  });

  it('is TimedOut although its handler returns an output within the grace time', async () => {
    const { run } = await timed((_, clock) => clock.sleep('11s').then(() => 'too late'));

    expect(run.result('Work')).toMatchObject({ status: 'TimedOut', outputs: undefined });
  });
});

describe('the time of an action', () => {
  it('includes its retries and the waits between them', async () => {
    const { run } = await timed(
      async (_, clock) => {
        await clock.sleep('1s');
        throw new Error('busy');
      },
      { retry: fixed({ count: 99, interval: '2s' }) },
    );
    const work = run.result('Work');

    expect(work).toMatchObject({ status: 'TimedOut', endTime: new Date(midnight + 10_000) });
    // Attempts at 0, 3, 6 and 9 s; the last one has its second, and its own error.
    expect(work?.attempts.map(({ error }) => error?.message)).toEqual([
      ...['busy', 'busy', 'busy'],
      '"Work" took longer than its timeout allows.',
    ]);
  });

  it('keeps what the only attempt threw, when it is up in the wait after it', async () => {
    const { run } = await timed(() => Promise.reject(new Error('busy')), {
      retry: fixed({ count: 1, interval: '1h' }),
    });

    expect(run.result('Work')).toMatchObject({
      code: 'ACTION_TIMED_OUT',
      attempts: [{ number: 1, endTime: new Date(midnight), error: { message: 'busy' } }],
    });
  });

  it('does not run while it waits for its limiter', async () => {
    const limiter = concurrencyLimiter(1);
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Queue', (flow) => {
      for (const name of ['A', 'B', 'C']) {
        flow.action(name, () => clock.sleep('8s'), { limiter, timeout: '10s' });
      }
    });
    const { status, results } = await start(flow, undefined, { clock }).finished;

    expect(status).toBe('Succeeded');
    expect(results.map(({ startTime }) => startTime.getTime() - midnight)).toEqual([
      0, 8_000, 16_000,
    ]);
  });

  it('is not up when it ends in time, and leaves no timer behind', async () => {
    const clock = virtualClock();
    const flow = workflow('Quick', (flow) => {
      flow.action('Work', () => 'done', { timeout: '10s' });
    });
    const { status } = await start(flow, undefined, { clock }).finished;

    expect(status).toBe('Succeeded');
    expect(clock.pending).toBe(0);
  });

  it('is up for one iteration and not for the others', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Loop', (flow) => {
      flow.forEach(
        'Items',
        [],
        () => [1, 100, 2],
        (each) =>
          each.action(
            'Work',
            [each.item],
            ([seconds], { signal }) => clock.sleep(seconds * 1_000, { signal }),
            { timeout: '10s' },
          ),
      );
    });
    const run = start(flow, undefined, { clock });
    await run.finished;

    expect(run.result('Items')?.counts).toMatchObject({ Succeeded: 2, Failed: 1 });
    expect(run.result('Items[1]/Work')?.status).toBe('TimedOut');
    expect(clock.monotonic()).toBe(13_000);
  });
});

/** Runs an action with a timeout of 10 s, and one that handles its failure. */
async function timed(
  work: (signal: AbortSignal, clock: VirtualClock) => unknown,
  options: ActionOptions<unknown> = {},
  startOptions: StartOptions = {},
) {
  const clock = virtualClock({ autoAdvance: true });
  const flow = workflow('Timed', (flow) => {
    const action = flow.action('Work', ({ signal }) => work(signal, clock), {
      timeout: '10s',
      ...options,
    });
    flow.action('Leaf', [action], () => 1);
    flow.action('Handle', [failed(action)], ([{ status }]) => status);
  });
  const run = start(flow, undefined, { clock, ...startOptions });
  return { run, result: await run.finished, clock };
}
