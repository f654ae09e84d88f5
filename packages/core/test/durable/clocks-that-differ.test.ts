/**
 * A run that goes on in a process whose clock is behind that of the one before: no record ends before it
 * starts, and nothing seems to come before what it follows from.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  type ActionRecord,
  memoryRunStore,
  type Run,
  type RunResult,
  resume,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

const minute = 60_000;
const midnight = Date.UTC(2026, 0, 1);
const oneHourAhead = midnight + 60 * minute;

type Write = (clock: VirtualClock) => Workflow<undefined, unknown>;

/** Begins a run where it is one o'clock, lets go of it ten minutes later, and goes on at midnight. */
async function goOnAtMidnight(
  write: Write,
  then?: (run: Run<unknown>) => void,
): Promise<RunResult<unknown>> {
  const ahead = virtualClock({ start: oneHourAhead });
  const behind = virtualClock({ start: midnight });
  const store = memoryRunStore({ clock: behind });
  const first = start(write(ahead), undefined, { store, runId: 'r', clock: ahead });
  first.finished.catch(() => undefined);
  await ahead.advance('10m');
  await first.suspend();
  const second = await resume(write(behind), 'r', { store, clock: behind });
  then?.(second);
  await behind.advance('3h');
  return second.finished;
}

type Timed = Pick<ActionRecord, 'startTime' | 'endTime'>;

/** When it starts and when it ends, in minutes after the run began. */
function minutes({ startTime, endTime }: Timed): [start: number, end: number] {
  return [startTime, endTime].map((time) => (time.getTime() - oneHourAhead) / minute) as [
    number,
    number,
  ];
}

function named(name: string, results: readonly ActionRecord[]): ActionRecord {
  const found = results.find((record) => record.name === name);
  if (found === undefined) throw new Error(`There is no record of ${name}.`);
  return found;
}

describe('a run that goes on by a clock that is behind', () => {
  it('does not end before it started', async () => {
    const result = await goOnAtMidnight((clock) =>
      workflow('Flow', (flow) =>
        flow.action('Work', ({ signal }) => clock.sleep('20m', { signal })),
      ),
    );

    expect(minutes(result)).toEqual([0, 20]);
    expect(minutes(named('Work', result.results))).toEqual([0, 20]);
  });

  it('goes on from the end of what has ended, with true durations', async () => {
    const result = await goOnAtMidnight((clock) =>
      workflow('Flow', (flow) => {
        const before = flow.action('Before', ({ signal }) => clock.sleep('4m', { signal }));
        const work = flow.action('Work', [before], (_, { signal }) =>
          clock.sleep('20m', { signal }),
        );
        flow.action('Then', [work], (_, { signal }) => clock.sleep('30m', { signal }));
      }),
    );

    expect(result.results.map(minutes)).toEqual([
      [0, 4],
      [4, 24],
      [24, 54],
    ]);
    expect(minutes(result)).toEqual([0, 54]);
  });

  it('ends a loop after all of its iterations', async () => {
    const result = await goOnAtMidnight((clock) =>
      workflow('Flow', (flow) => {
        const before = flow.action('Before', ({ signal }) => clock.sleep('2m', { signal }));
        flow.forEach(
          'Loop',
          [before],
          () => ['4m', '8m'] as const,
          (each) => each.action('Work', ({ item, signal }) => clock.sleep(item, { signal })),
          { concurrency: 1 },
        );
      }),
    );

    const loop = named('Loop', result.results);
    expect(loop.iterations?.map(minutes)).toEqual([
      [2, 6],
      [2, 10],
    ]);
    expect(minutes(loop)).toEqual([2, 10]);
  });

  it('ends nothing in a loop before the first process began it', async () => {
    const result = await goOnAtMidnight((clock) => {
      const isAhead = clock.now() === oneHourAhead;
      const child = workflow('Child', (flow) =>
        flow.action('Work', ({ signal }) => clock.sleep(isAhead ? '6m' : '1m', { signal })),
      );
      return workflow('Flow', (flow) => {
        flow.forEach(
          'Loop',
          [],
          () => [0, 1],
          (each) => each.child('Call', [], child, () => undefined),
          { concurrency: 1 },
        );
      });
    });

    const loop = named('Loop', result.results);
    expect(loop.iterations?.map(minutes)).toEqual([
      [0, 6],
      [6, 7],
    ]);
    expect(minutes(loop)).toEqual([0, 7]);
  });

  it('ends an action after its attempts, also when it is cancelled while it waits', async () => {
    const result = await goOnAtMidnight(
      (clock) =>
        workflow('Flow', (flow) =>
          flow.action(
            'Falters',
            async () => {
              await clock.sleep('1m');
              throw new Error('Not yet.');
            },
            { retry: { type: 'fixed', count: 2, interval: '5m' } },
          ),
        ),
      (run) => run.cancel(),
    );

    const record = named('Falters', result.results);
    expect(record.status).toBe('Cancelled');
    expect(record.attempts.map(minutes)).toEqual([
      [0, 1],
      [6, 7],
    ]);
    expect(minutes(record)).toEqual([0, 7]);
  });

  it('runs a child workflow within the action that called it', async () => {
    const result = await goOnAtMidnight((clock) => {
      const child = workflow('Child', (flow) => {
        const inside = flow.action('Inside', ({ signal }) => clock.sleep('4m', { signal }));
        flow.action('Longer', [inside], (_, { signal }) => clock.sleep('20m', { signal }));
      });
      return workflow('Flow', (flow) => {
        const call = flow.child('Call', [], child, () => undefined, { timeout: '1d' });
        flow.child('Again', [call], child, () => undefined);
      });
    });

    const [call, again] = result.results as [ActionRecord, ActionRecord];
    expect(minutes(call)).toEqual([0, 24]);
    expect(call.results.map(minutes)).toEqual([
      [0, 4],
      [4, 24],
    ]);
    expect(minutes(again)).toEqual([24, 48]);
    expect(again.results.map(minutes)).toEqual([
      [24, 28],
      [28, 48],
    ]);
  });
});

describe('a child workflow that began later than the action that called it', () => {
  it('ends no later than that action', async () => {
    const result = await goOnAtMidnight((clock) => {
      const isAhead = clock.now() === oneHourAhead;
      const child = workflow(
        'Child',
        (flow) =>
          flow.action('Work', ({ signal }) => clock.sleep(isAhead ? '1h' : '1m', { signal })),
        { timeout: '1d' },
      );
      return workflow('Flow', (flow) => {
        flow.child('Call', [], child, () => clock.sleep('5m').then(() => undefined));
      });
    });

    const call = named('Call', result.results);
    expect(call.results.map(minutes)).toEqual([[5, 6]]);
    expect(minutes(call)).toEqual([0, 6]);
  });
});

describe('a container that another process has begun', () => {
  it('has started when it did there, and not when something was first kept of it', async () => {
    const clock = virtualClock({ start: midnight });
    const store = memoryRunStore({ clock });
    const child = workflow('Child', (flow) =>
      flow.action('Work', ({ signal }) => clock.sleep('1h', { signal })),
    );
    const flow = workflow('Flow', (flow) =>
      flow.child('Call', [], child, () => clock.sleep('5m').then(() => undefined)),
    );
    const first = start(flow, undefined, { store, runId: 'r', clock });
    first.finished.catch(() => undefined);
    await clock.advance('10m');
    await first.suspend();
    const second = await resume(flow, 'r', { store, clock });
    await clock.advance('1h');
    await second.finished;

    expect(second.result('Call')?.startTime).toEqual(new Date(midnight));
  });
});
