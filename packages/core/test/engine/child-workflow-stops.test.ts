/**
 * Cancel and time-outs reach into child workflows, and nothing of them is left behind.
 * @module
 */
import { type Duration, virtualClock } from '@runafter/clock';
import { type Flow, memoryRunStore, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

/** A parent whose child works for an hour and then for another one. */
function longChild(clock: ReturnType<typeof virtualClock>, timeout?: Duration) {
  const child = workflow('Child', (flow: Flow<undefined>) => {
    const first = flow.action('First', ({ signal }) => clock.sleep('1h', { signal }));
    flow.action('Second', [first], ({ length }) => length);
  });
  return workflow('Parent', (flow) => {
    flow.child('Sub', [], child, () => undefined, timeout === undefined ? {} : { timeout });
  });
}

describe('a child workflow that is told to stop', () => {
  it('by a cancel ends what runs in it as Cancelled and skips the rest', async () => {
    const clock = virtualClock();
    const run = start(longChild(clock), undefined, { clock });
    await clock.advance('1m');
    run.cancel('Enough.');
    const { status, results } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(outline(results)).toEqual({
      Sub: 'Cancelled RUN_CANCELLED',
      'Sub > First': 'Cancelled RUN_CANCELLED',
      'Sub > Second': 'Skipped RUN_CANCELLED',
    });
    expect(clock.pending).toBe(0);
  });

  it('by the timeout of its action ends TimedOut', async () => {
    const clock = virtualClock();
    const run = start(longChild(clock, '10s'), undefined, { clock });
    await clock.advance('1m');
    const { status, results } = await run.finished;

    expect(status).toBe('Failed');
    expect(outline(results)).toMatchObject({
      Sub: 'TimedOut CONTAINER_TIMED_OUT',
      'Sub > First': 'TimedOut CONTAINER_TIMED_OUT',
    });
    expect(clock.pending).toBe(0);
  });

  it('by the timeout of the run ends TimedOut too', async () => {
    const clock = virtualClock();
    const run = start(longChild(clock), undefined, { clock, timeout: '10s' });
    await clock.advance('1m');

    expect(outline((await run.finished).results)).toMatchObject({ Sub: 'TimedOut RUN_TIMED_OUT' });
  });

  it('stays TimedOut when it is cancelled while it settles', async () => {
    const clock = virtualClock();
    const child = workflow('Child', (flow: Flow<undefined>) => {
      flow.action('Deaf', () => clock.sleep('12s'));
    });
    const flow = workflow('Parent', (flow) => {
      flow.child('Sub', [], child, () => undefined, { timeout: '10s' });
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('11s');
    run.cancel();
    await clock.advance('1m');
    const { status, results } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(outline(results)).toEqual({
      Sub: 'TimedOut CONTAINER_TIMED_OUT',
      'Sub > Deaf': 'TimedOut CONTAINER_TIMED_OUT',
    });
  });

  it('names handlers in it that did not settle in time', async () => {
    const clock = virtualClock();
    const child = workflow('Child', (flow: Flow<undefined>) => {
      flow.action('Deaf', () => new Promise(() => {}));
    });
    const flow = workflow('Parent', (flow) => {
      flow.child('Sub', [], child, () => undefined);
    });
    const run = start(flow, undefined, { clock, grace: '2s' });
    await clock.advance('1s');
    run.cancel();
    await clock.advance('1m');
    const { unsettled, endTime, startTime } = await run.finished;

    expect(endTime.getTime() - startTime.getTime()).toBe(3_000);
    expect(unsettled).toHaveLength(1);
    expect(unsettled[0]).toContain('Deaf');
  });

  it('by its own input function does not begin', async () => {
    const events: string[] = [];
    const child = workflow('Child', (flow: Flow<undefined>) => {
      flow.action('Work', () => 1);
    });
    const flow = workflow('Parent', (flow) => {
      flow.child('Sub', [], child, () => {
        run.cancel();
        return undefined;
      });
    });
    const run = start(flow, undefined, {
      onEvent: ({ type, workflow }) => events.push(`${workflow} ${type}`),
    });
    const { results } = await run.finished;

    expect(results[0]).toMatchObject({ status: 'Cancelled', results: [] });
    expect(events).not.toContain('Child run.started');
  });
});

describe('a child workflow in a stored run', () => {
  it('fails its run with the fault of the store, not with a status', async () => {
    const clock = virtualClock();
    const store = memoryRunStore();
    const record = store.recordOutcome.bind(store);
    store.recordOutcome = async (writer, entry) => {
      if (entry.outcome.key === 'First') throw new Error('The disk is full.');
      return record(writer, entry);
    };
    const run = start(longChild(clock), undefined, { clock, store });
    const rejected = expect(run.finished).rejects.toThrow('The disk is full.');
    await clock.advance('2h');

    await rejected;
    expect(clock.pending).toBe(0);
  });
});
