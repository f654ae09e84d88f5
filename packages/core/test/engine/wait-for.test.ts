/**
 * Events from outside: taken exactly once, whichever came first, the signal or the wait.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { event, type Flow, failed, memoryRunStore, signal, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

interface Approval {
  readonly by: string;
}

const approval = event<Approval>('approval');

const oneWait = workflow('Ask', (flow: Flow<unknown>) => flow.waitFor('Ask', [], approval));

describe('a wait for an event', () => {
  it('takes a signal that is sent while it waits, and hands over its payload', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const run = start(oneWait, undefined, { clock });
    await clock.sleep('2h');

    expect(await run.signal(approval, { by: 'Ann' })).toBe('delivered');
    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: { by: 'Ann' } });
  });

  it('takes a signal that was sent before it began', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Later', (flow) => {
      const wait = flow.delay('Wait', [], '1h');
      return flow.waitFor('Ask', [wait], approval);
    });
    const run = start(flow, undefined, { clock });

    expect(await run.signal('approval', { by: 'Ann' })).toBe('kept');
    expect(await run.finished).toMatchObject({ outputs: { by: 'Ann' } });
  });

  it('takes each signal once, in the order in which they came', async () => {
    const flow = workflow('Loop', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => [1, 2, 3],
        (each) => each.waitFor('Ask', [], approval),
        {
          concurrency: 2,
        },
      ),
    );
    const clock = virtualClock();
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');

    expect(await run.signal(approval, { by: 'Ann' })).toBe('delivered');
    expect(await run.signal(approval, { by: 'Bob' })).toBe('delivered');
    expect(await run.signal(approval, { by: 'Cid' })).toBe('delivered');

    expect(await run.finished).toMatchObject({
      outputs: [{ by: 'Ann' }, { by: 'Bob' }, { by: 'Cid' }],
    });
  });

  it('takes kept signals in the order in which they came', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Later', (flow) =>
      flow.forEach(
        'Loop',
        [],
        () => [1, 2],
        (each) => {
          const wait = each.delay('Wait', [], '1h');
          return each.waitFor('Ask', [wait], approval);
        },
      ),
    );
    const run = start(flow, undefined, { clock });
    await run.signal(approval, { by: 'Ann' });
    await run.signal(approval, { by: 'Bob' });

    expect(await run.finished).toMatchObject({ outputs: [{ by: 'Ann' }, { by: 'Bob' }] });
  });

  it('takes only what carries the text that its correlate gives', async () => {
    const flow = workflow('Orders', (flow) =>
      flow.forEach(
        'Orders',
        [],
        () => ['A-1', 'A-2'],
        (each) => {
          const prefix = each.action('Prefix', () => 'order');
          return each.waitFor('Ask', [prefix], approval, {
            correlate: ([prefix], { item }) => `${prefix} ${item}`,
          });
        },
        { concurrency: 2 },
      ),
    );
    const run = start(flow, undefined);

    expect(await run.signal(approval, { by: 'nobody' })).toBe('kept');
    expect(await run.signal(approval, { by: 'nobody' }, { correlate: 'order A-3' })).toBe('kept');
    await run.signal(approval, { by: 'Bob' }, { correlate: 'order A-2' });
    await run.signal(approval, { by: 'Ann' }, { correlate: 'order A-1' });

    expect(await run.finished).toMatchObject({ outputs: [{ by: 'Ann' }, { by: 'Bob' }] });
  });

  it('is Failed when its correlate throws', async () => {
    const flow = workflow('Ask', (flow) => {
      flow.waitFor('Ask', [], approval, {
        timeout: '1h',
        correlate: () => {
          throw new Error('no order');
        },
      });
    });
    const clock = virtualClock();
    const { results } = await start(flow, undefined, { clock }).finished;

    expect(results[0]).toMatchObject({ status: 'Failed', error: { message: 'no order' } });
    expect(clock.pending).toBe(0);
  });

  it('is TimedOut when nobody sends it in time, and a late signal is not lost on the next', async () => {
    const clock = virtualClock();
    const flow = workflow('Escalate', (flow) => {
      const first = flow.waitFor('Ann', [], approval, { timeout: '1d' });
      const second = flow.waitFor('Boss', [failed(first)], approval, { timeout: '1d' });
      flow.action('Grant', [second], ([{ by }]) => by);
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('25h');
    expect(await run.signal(approval, { by: 'the boss' })).toBe('delivered');
    const { status, results } = await run.finished;

    expect(status).toBe('Succeeded');
    expect(outline(results)).toEqual({
      Ann: 'TimedOut EVENT_TIMED_OUT',
      Boss: 'Succeeded',
      Grant: 'Succeeded',
    });
    expect(results[0]?.error?.message).toMatch(/"Ann" waited for event "approval"/);
    expect(results[2]?.outputs).toBe('the boss');
    expect(clock.pending).toBe(0);
  });

  it('that was cancelled takes no signal from another wait', async () => {
    const clock = virtualClock();
    const flow = workflow('Two', (flow) => {
      flow.scope(
        'Short',
        [],
        (scope) => {
          scope.waitFor('Ask', [], approval);
        },
        { timeout: '10s' },
      );
      flow.waitFor('Ask', [], approval);
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('20s');

    expect(await run.signal(approval, { by: 'Ann' })).toBe('delivered');
    const { results } = await run.finished;
    expect(results[1]).toMatchObject({ name: 'Ask', outputs: { by: 'Ann' } });
  });

  it('blocks nothing else: approvals that run side by side, and the work beside them', async () => {
    const clock = virtualClock();
    const flow = workflow('Side_By_Side', (flow) => {
      const first = flow.waitFor('First', [], approval, { correlate: () => '1' });
      const second = flow.waitFor('Second', [], approval, { correlate: () => '2' });
      flow.action('Work', () => 'done');
      return flow.action('Both', [first, second], ([first, second]) => [first.by, second.by]);
    });
    const run = start(flow, undefined, { clock, maxConcurrentActions: 1 });
    await clock.advance('1h');

    expect(run.result('Work')).toMatchObject({ status: 'Succeeded' });
    await run.signal(approval, { by: 'Bob' }, { correlate: '2' });
    await run.signal(approval, { by: 'Ann' }, { correlate: '1' });
    expect(await run.finished).toMatchObject({ outputs: ['Ann', 'Bob'] });
  });
});

describe('a signal', () => {
  it('with an id that came before is a repetition and changes nothing', async () => {
    const flow = workflow('Two', (flow) => {
      const first = flow.waitFor('First', [], approval);
      return flow.waitFor('Second', [first], approval);
    });
    const clock = virtualClock();
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');

    expect(await run.signal(approval, { by: 'Ann' }, { id: 'mail-1' })).toBe('delivered');
    expect(await run.signal(approval, { by: 'Ann' }, { id: 'mail-1' })).toBe('duplicate');
    expect(run.status).toBeUndefined();
    expect(await run.signal(approval, { by: 'Bob' }, { id: 'mail-2' })).toBe('delivered');
    expect(await run.finished).toMatchObject({ outputs: { by: 'Bob' } });
  });

  it('that nothing waits for is refused, with a hint', async () => {
    const run = start(oneWait, undefined, { runId: 'r' });

    await expect(run.signal('aproval', { by: 'Ann' })).rejects.toMatchObject({
      code: 'SIGNAL_UNKNOWN',
      event: 'aproval',
      runId: 'r',
      message: expect.stringMatching(/"Ask".*"aproval".*"approval"/s),
    });
    run.cancel();
  });

  it.each([7, null, {}])('with the id %s, which is no text, is refused', async (id) => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const run = start(oneWait, undefined, { runId: 'r', store, clock });
    await clock.advance(0);
    const options = { id: id as never };
    const refused = { code: 'SIGNAL_ID_INVALID', message: expect.stringContaining('Pass a text') };

    await expect(run.signal(approval, { by: 'Ann' }, options)).rejects.toMatchObject(refused);
    const sent = signal(store, 'r', approval, { by: 'Ann' }, options);
    await expect(sent).rejects.toMatchObject(refused);
    run.cancel();
    await run.finished;
  });

  it('to a workflow without waits is refused', async () => {
    const flow = workflow('Quick', (flow) => {
      flow.delay('Wait', [], '1s');
    });
    const run = start(flow, undefined, { clock: virtualClock({ autoAdvance: true }) });

    await expect(run.signal(approval, { by: 'Ann' })).rejects.toMatchObject({
      code: 'SIGNAL_UNKNOWN',
      message: expect.stringContaining('has no waitFor'),
    });
    await run.finished;
  });

  it('after the end is refused', async () => {
    const run = start(oneWait, undefined, { runId: 'r' });
    await run.signal(approval, { by: 'Ann' });
    await run.finished;

    await expect(run.signal(approval, { by: 'Bob' })).rejects.toMatchObject({
      code: 'RUN_ENDED',
      message: expect.stringMatching(/"r" has ended Succeeded.*"approval"/),
    });
  });
});
