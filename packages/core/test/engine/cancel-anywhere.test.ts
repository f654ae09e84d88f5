/**
 * A run with everything in it, much of it failing, cancelled at each step of its time: it always ends,
 * and leaves no timer, no listener and no rejection that nobody handles.
 * @module
 */
import { getEventListeners } from 'node:events';
import { fixed, type VirtualClock, virtualClock } from '@runafter/clock';
import { event, type Flow, settled, start, type Workflow, workflow } from '@runafter/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quorum } from './mini-quorum.ts';
import { saga, undoneBy } from './mini-saga.ts';

/** How the run is told to stop after so many steps. */
type Stop = (stop: { readonly abort: AbortController; cancel(): void }) => void;

const stops: { readonly how: string; readonly stop: Stop }[] = [
  { how: 'cancel()', stop: (run) => run.cancel() },
  { how: 'its signal', stop: (run) => run.abort.abort() },
];

const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

describe.each(stops)('a run that is stopped by $how at any step', ({ stop }) => {
  it('ends, and leaves nothing behind', async () => {
    let step = 0;
    for (let hasMore = true; hasMore; step++) hasMore = await stoppedAfter(step, stop);

    expect(step).toBeGreaterThan(20);
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });
});

/** @returns whether the run was still going on when it was stopped. */
async function stoppedAfter(steps: number, stop: Stop): Promise<boolean> {
  const clock = virtualClock();
  const abort = new AbortController();
  const signals: AbortSignal[] = [];
  const flow = everything(clock, (signal) => void signals.push(signal));
  const run = start(flow, undefined, { clock, signal: abort.signal, timeout: '30d' });
  await clock.advance(0);
  for (let step = 0; step < steps && run.status === undefined; step++) await clock.advanceToNext();
  const wasGoingOn = run.status === undefined;
  stop({ abort, cancel: () => run.cancel() });
  while (run.status === undefined && (await clock.advanceToNext()));
  const { status } = await run.finished;

  expect(status, `after ${steps} steps`).toBe(wasGoingOn ? 'Cancelled' : 'Failed');
  expect(clock.pending, `timers left after ${steps} steps`).toBe(0);
  expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  for (const signal of signals) expect(getEventListeners(signal, 'abort')).toEqual([]);
  return wasGoingOn;
}

/** One of each kind; about half of it fails, each in its own way. */
function everything(
  clock: VirtualClock,
  noteSignal: (signal: AbortSignal) => void,
): Workflow<undefined, void> {
  // What gets no signal waits for something outside the run, and leaves it no timer.
  const outside = virtualClock({ autoAdvance: true });
  let calls = 0;
  const work = async (
    _: unknown,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<number> => {
    noteSignal(signal);
    const call = calls++;
    await clock.sleep(1_000 + call, { signal });
    if (call % 2 === 1) throw call % 4 === 1 ? new Error('no') : undefined;
    return call;
  };
  const child = workflow('Child', (flow: Flow<undefined>) => {
    const first = flow.action('First', [], work);
    flow.action('Second', [settled(first)], work);
  });
  return workflow('Everything', (flow: Flow<undefined>) => {
    flow.action('Retried', [], work, { retry: fixed({ count: 3, interval: '1s' }), timeout: '9s' });
    flow.forEach(
      'Loop',
      [],
      async function* () {
        for (let item = 0; item < 6; item++) {
          await outside.sleep('700ms');
          if (item === 5) throw new Error('The stream broke.');
          yield item;
        }
      },
      (each) => void each.action('Work', [], work, { retry: fixed({ count: 1, interval: '1s' }) }),
      { concurrency: 2, key: (item) => item % 2, timeout: '20s' },
    );
    flow.until(
      'Until',
      [],
      () => 0,
      (round) => round.action('Work', [], work),
      (_, { index }) => outside.sleep('1s').then(() => index === 3),
      { timeout: '30s' },
    );
    flow.condition('Condition', [], () => outside.sleep('2s').then(() => true), {
      then: (branch) => void branch.action('Work', [], work),
    });
    flow.child('Sub', [], child, () => undefined, { timeout: '10s' });
    flow.waitFor('Wait', [], event('never'), { timeout: '8s' });
    flow.delay('Delay', [], '5s');
    saga(flow, 'Saga', [], (steps) => {
      const first = undoneBy(steps.action('First', [], work), () => clock.sleep('1s'));
      const second = steps.action('Second', [first], work);
      undoneBy(second, () => Promise.reject(new Error('cannot be undone')));
    });
    quorum(
      flow,
      'Quorum',
      [],
      (voters) => {
        for (const name of ['Ann', 'Bob', 'Cid']) {
          voters.action(name, [], (values, context) => work(values, context).then(() => true));
        }
      },
      { needed: 2 },
    );
  });
}
