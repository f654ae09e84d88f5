/**
 * What the times of a run say, for graphs that can be worked out by hand.
 * @module
 */
import { fixed, virtualClock } from '@runafter/clock';
import {
  type Flow,
  failed,
  memoryRunStore,
  type Run,
  settled,
  snapshot,
  start,
  workflow,
} from '@runafter/core';
import { type ContainerKind, container, setMetadata } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { readView, viewOf } from '../src/index.ts';
import { runOf, second, timesOf } from './runs-in-virtual-time.ts';

describe('the critical path', () => {
  it('goes through what each one waited for last, and the bottleneck is what gains most', async () => {
    const run = await runOf((flow, { takes }) => {
      const stock = flow.action('Validate', takes(2));
      const crm = flow.action('Create_CRM', [stock], takes(5));
      const mail = flow.action('Mail', [stock], takes(1));
      const teams = flow.action('Teams', [stock], takes(3));
      flow.action('Update', [crm, mail, settled(teams)], takes(1));
    });

    const { analysis } = viewOf(run);

    expect(analysis).toEqual({
      makespan: 8 * second,
      busy: 12 * second,
      calls: 5,
      attempts: 5,
      notKept: 0,
      criticalPath: ['Validate', 'Create_CRM', 'Update'],
      // Without it Teams decides: 2 + 3 + 1.
      bottleneck: { address: 'Create_CRM', onPath: 5 * second, without: 6 * second },
      outliers: [],
      throttled: 0,
      waited: {},
    });
  });

  it('goes into containers, and out of them', async () => {
    const run = await runOf((flow, { takes }) => {
      const inner = workflow('Inner', (inner: Flow<void>) => {
        const slow = inner.action('Slow', takes(4));
        inner.action('After', [slow], takes(1));
      });
      const scope = flow.scope('Scope', [], (scope) => {
        scope.action('Short', takes(1));
        scope.condition('Choice', [], () => true, {
          then: (yes) => void yes.action('Long', takes(3)),
        });
      });
      const child = flow.child('Child', [scope], inner, () => undefined);
      flow.action('End', [child], takes(2));
    });

    const { analysis } = viewOf(run);

    expect(analysis.makespan).toBe(10 * second);
    expect(analysis.criticalPath).toEqual([
      'Scope/Choice/then/Long',
      'Child/Slow',
      'Child/After',
      'End',
    ]);
    expect(analysis.bottleneck?.address).toBe('Child/Slow');
  });

  it('leaves out what was skipped, and goes on with what that waited for', async () => {
    const run = await runOf((flow, { takes }) => {
      const works = flow.action('Works', takes(3));
      const alert = flow.action('Alert', [failed(works)], takes(9));
      flow.action('After', [settled(alert)], takes(1));
    });

    expect(viewOf(run).analysis.criticalPath).toEqual(['Works', 'After']);
  });

  it('goes from round to round of an until', async () => {
    const run = await runOf((flow, { takes }) => {
      const ask = async ([state]: readonly [number]) => {
        await takes(2)();
        return state + 1;
      };
      flow.until(
        'Poll',
        [],
        () => 0,
        (round) => round.action('Ask', [round.state], ask),
        (asked) => asked === 3,
      );
    });

    const { analysis } = viewOf(run);
    expect(analysis.criticalPath).toEqual(['Poll[0]/Ask', 'Poll[1]/Ask', 'Poll[2]/Ask']);
    expect(analysis.bottleneck).toEqual({ address: 'Poll/Ask', onPath: 6 * second, without: 0 });
  });
});

describe('a loop', () => {
  it.each([
    { dop: 1, total: 21, path: [0, 1, 2, 3] },
    { dop: 2, total: 11, path: [1, 3] },
    { dop: 4, total: 6, path: [3] },
    { dop: 6, total: 6, path: [3] },
  ])('takes $total s for 1 s and four items of 5 s, $dop at once', async ({ dop, total, path }) => {
    const run = await runOf((flow, { takes }) => {
      const first = flow.action('First', takes(1));
      flow.forEach(
        'Items',
        [first],
        () => [1, 2, 3, 4],
        (each) => each.action('Work', takes(5)),
        {
          concurrency: dop,
        },
      );
    });

    const view = viewOf(run);

    expect(view.analysis.makespan).toBe(total * second);
    expect(view.analysis.criticalPath).toEqual([
      'First',
      ...path.map((index) => `Items[${index}]/Work`),
    ]);
    expect(view.analysis.bottleneck).toEqual({
      address: 'Items/Work',
      onPath: 5 * path.length * second,
      without: second,
    });
    expect(view.nodes.find(({ address }) => address === 'Items')?.concurrency).toBe(dop);
  });

  it('lets an iteration in when another one makes room, whichever that is', async () => {
    const run = await runOf((flow, { takes }) => {
      const work = ({ item }: { item: number }) => takes(item)();
      flow.forEach(
        'L',
        [],
        () => [4, 1, 1, 5],
        (each) => each.action('Work', work),
        {
          concurrency: 2,
        },
      );
    });

    const view = viewOf(run);

    expect(view.analysis.criticalPath).toEqual(['L[1]/Work', 'L[2]/Work', 'L[3]/Work']);
    expect(timesOf(view, 'L[3]')).toEqual([2, 2, 7]);
    // No iteration waits in a queue for the window.
    expect(view.analysis.waited).toEqual({});
  });

  it('is replayed with its window: what one action takes less lets the next items in sooner', async () => {
    const run = await runOf((flow, { takes }) => {
      flow.forEach(
        'L',
        [],
        () => [1, 2, 3, 4, 5],
        (each) => {
          const read = each.action('Read', takes(2));
          each.action('Write', [read], takes(3));
        },
        { concurrency: 2 },
      );
    });

    const { analysis } = viewOf(run);
    // Three turns of the window: of 5 s, of 3 s without Read, of 2 s without Write.
    expect(analysis.makespan).toBe(15 * second);
    expect(analysis.bottleneck).toEqual({
      address: 'L/Write',
      onPath: 9 * second,
      without: 6 * second,
    });
  });

  it('counts as a whole where it has not kept its iterations', async () => {
    const run = await runOf((flow, { takes }) => {
      const loop = flow.forEach(
        'L',
        [],
        () => [1, 2],
        (each) => each.action('Work', takes(5)),
        {
          concurrency: 1,
          keep: 'summary',
        },
      );
      flow.action('After', [loop], takes(1));
    });

    const view = viewOf(run);

    expect(view.analysis.criticalPath).toEqual(['L', 'After']);
    expect(view.left).toBe(2);
  });

  it('counts as a whole where it has kept some of them only', async () => {
    const run = await runOf((flow, { takes }) => {
      const work = async ({ item }: { item: number }) => {
        await takes(item)();
        if (item === 2) throw new Error('two');
      };
      const loop = flow.forEach(
        'L',
        [],
        () => [1, 2, 3],
        (each) => each.action('Work', work),
        {
          concurrency: 1,
          keep: 'failures',
        },
      );
      flow.action('After', [settled(loop)], takes(1));
    });

    const view = viewOf(run);

    expect(view.analysis.criticalPath).toEqual(['L', 'After']);
    expect(view.analysis.bottleneck).toEqual({ address: 'L', onPath: 6 * second, without: second });
    expect(view.executions.map(({ path }) => path)).toEqual(['L', 'L[1]', 'L[1]/Work', 'After']);
    expect(view.left).toBe(2);
    expect(view.analysis).toMatchObject({ calls: 2, notKept: 2 });
    // What made room for the one that is known is not known.
    expect(timesOf(view, 'L[1]/Work')).toEqual([1, 1, 3]);
    expect(view.analysis.waited).toEqual({});
    const loop = view.nodes.find(({ address }) => address === 'L');
    expect(loop?.iterations).toEqual({ Succeeded: 2, Failed: 1 });
  });

  it('counts as a whole while it goes on, where a store does not tell which iterations run', async () => {
    const clock = virtualClock({ start: 0 });
    const store = memoryRunStore({ clock });
    const flow = workflow('W', (flow: Flow<void>) => {
      const work = ({ item }: { item: number }) => clock.sleep(item * second);
      const each = { concurrency: 2 };
      flow.forEach(
        'L',
        [],
        () => [9, 1, 1, 9],
        (loop) => loop.action('Work', work),
        each,
      );
    });
    const run = start(flow, undefined, { runId: 'r', clock, store }) as Run<unknown>;
    await clock.advance('5s');

    const inMemory = viewOf(run);
    expect(inMemory.nodes[0]?.iterations).toEqual({ Succeeded: 2, Running: 2 });
    expect(inMemory.analysis.criticalPath).toEqual(['L[1]/Work', 'L[2]/Work', 'L[3]/Work']);
    const stored = await readView(store, 'r', { clock });
    expect(stored.analysis.criticalPath).toEqual(['L']);
    // The first item took one of the two places, which the store does not know: nothing waited.
    expect(stored.analysis.waited).toEqual({});
    run.cancel();
    await clock.advance('1h');
  });
});

describe('the last phase of a container', () => {
  /** Undoes its steps, one after the other, the last one first. */
  const undoing: ContainerKind<Record<string, never>, undefined> = {
    name: 'undoing',
    optionNames: [],
    check: () => undefined,
    initialState: () => undefined,
    async finish({ children, perform }) {
      for (const { name, metadata } of children.toReversed()) {
        await perform(`Undo_${name}`, metadata as () => Promise<void>);
      }
      return undefined;
    },
  };

  it('begins when what it had to wait for has ended, and is replayed so', async () => {
    const run = await runOf((flow, { takes }) => {
      const trip = container(
        flow,
        undoing,
        'Trip',
        [],
        (steps) => {
          const hotel = steps.action('Hotel', takes(2));
          const flight = steps.action('Flight', [hotel], takes(1));
          setMetadata(hotel, takes(4));
          setMetadata(flight, takes(3));
        },
        {},
      );
      flow.action('Tell', [trip], takes(1));
    });

    const view = viewOf(run);

    expect(timesOf(view, 'Trip/Undo_Flight')).toEqual([3, 3, 6]);
    expect(timesOf(view, 'Trip/Undo_Hotel')).toEqual([6, 6, 10]);
    expect(view.analysis).toMatchObject({
      criticalPath: ['Trip/Hotel', 'Trip/Flight', 'Trip/Undo_Flight', 'Trip/Undo_Hotel', 'Tell'],
      bottleneck: { address: 'Trip/Undo_Hotel', onPath: 4 * second, without: 7 * second },
      waited: {},
    });
    expect(view.nodes.filter(({ kind }) => kind === 'shielded')).toMatchObject([
      {
        address: 'Trip/Undo_Flight',
        container: 'Trip',
        counts: { Succeeded: 1 },
        busy: 3 * second,
      },
      { address: 'Trip/Undo_Hotel', name: 'Undo_Hotel', median: 4 * second },
    ]);
  });
});

it('what a container does itself takes its time, too', async () => {
  const run = await runOf((flow, { takes }) => {
    const asked = flow.until(
      'Poll',
      [],
      () => 0,
      (round) => round.action('Ask', [round.state], async ([state]) => state + 1),
      async (state) => {
        await takes(2)();
        return state === 1;
      },
    );
    const choose = async () => {
      await takes(3)();
      return true;
    };
    flow.condition('Choice', [asked], choose, { then: (yes) => void yes.action('Work', takes(1)) });
  });

  const { analysis } = viewOf(run);

  expect(analysis).toMatchObject({
    makespan: 6 * second,
    criticalPath: ['Poll[0]/Ask', 'Choice/then/Work'],
    bottleneck: { address: 'Choice/then/Work', onPath: second, without: 5 * second },
  });
});

describe('a wait', () => {
  it('is between attempts, and the execution is as long as all of them', async () => {
    const run = await runOf((flow, { takes }) => {
      let calls = 0;
      const retried = async () => {
        await takes(1)();
        if (++calls === 1) throw Object.assign(new Error('Too many'), { status: 429 });
      };
      flow.action('Call', retried, { retry: fixed({ count: 2, interval: '3s' }) });
    });

    const { executions, analysis } = viewOf(run);

    expect(executions[0]?.attempts).toMatchObject([
      { number: 1, throttled: true, error: { code: 'HTTP_429', message: 'Too many' } },
      { number: 2, throttled: false },
    ]);
    expect(analysis).toMatchObject({
      makespan: 5 * second,
      busy: 2 * second,
      throttled: 1,
      waited: { retry: 3 * second },
      bottleneck: { address: 'Call', onPath: 5 * second, without: 0 },
    });
  });

  it('is in the queue where there is room for one handler only', async () => {
    const run = await runOf(
      (flow, { takes }) => {
        flow.action('First', takes(2));
        flow.action('Second', takes(3));
      },
      { maxConcurrentActions: 1 },
    );

    const view = viewOf(run);

    expect(timesOf(view, 'Second')).toEqual([0, 2, 5]);
    expect(view.analysis.waited).toEqual({ queue: 2 * second });
    expect(view.analysis.criticalPath).toEqual(['First', 'Second']);
    expect(view.analysis.bottleneck).toEqual({
      address: 'Second',
      onPath: 3 * second,
      without: 2 * second,
    });
  });

  it('in the queue is gone with the action that waited there', async () => {
    const run = await runOf(
      (flow, { takes }) => {
        flow.action('First', takes(2));
        const second = flow.action('Second', takes(3));
        flow.action('Third', [second], takes(4));
      },
      { maxConcurrentActions: 1 },
    );

    // 2 s in the queue and 3 s of work.
    expect(viewOf(run).analysis).toMatchObject({
      makespan: 9 * second,
      bottleneck: { address: 'Second', onPath: 3 * second, without: 4 * second },
    });
  });

  it('that was recorded explains its part of the queue, and no moment is counted twice', async () => {
    const run = await runOf(
      (flow, { takes }) => {
        flow.action('First', takes(4));
        flow.action('Second', takes(3));
      },
      { maxConcurrentActions: 1 },
    );
    const { startTime } = viewOf(run);
    const at = (seconds: number) => startTime + seconds * second;
    const wait = { path: 'Second', attempt: 1 } as const;

    const { executions, analysis } = viewOf(run, {
      recorded: [
        { ...wait, for: 'throttle', name: 'crm', startTime: at(1), endTime: at(3) },
        { ...wait, for: 'lock', name: 'daily', startTime: at(5), endTime: at(6) },
        // A recorder may have watched more than one run.
        { ...wait, runId: 'another', for: 'gate', startTime: at(5), endTime: at(6) },
      ],
    });

    expect(executions.find(({ path }) => path === 'Second')?.waits).toEqual([
      { for: 'queue', startTime: at(0), endTime: at(1) },
      { for: 'throttle', name: 'crm', startTime: at(1), endTime: at(3) },
      { for: 'queue', startTime: at(3), endTime: at(4) },
      { for: 'lock', name: 'daily', startTime: at(5), endTime: at(6) },
    ]);
    expect(analysis.waited).toEqual({ queue: 2 * second, throttle: 2 * second, lock: second });
  });
});

it('nothing takes less than no time, where a clock was set back or two of them disagree', async () => {
  const run = await runOf((flow, { takes }) => void flow.action('Call', takes(2)));
  const { executions, ...taken } = snapshot(run);
  const early = { endTime: new Date(-second) };
  const view = viewOf(
    {
      ...taken,
      executions: executions.map((execution) => ({
        ...execution,
        attempts: execution.attempts.map((attempt) => ({ ...attempt, ...early })),
      })),
    },
    { recorded: [{ path: 'Call', attempt: 1, for: 'lock', startTime: 900, endTime: 400 }] },
  );

  expect(view.executions[0]).toMatchObject({
    attempts: [{ startTime: 0, endTime: 0 }],
    waits: [{ for: 'lock', startTime: 900, endTime: 900 }],
  });
  expect(view.analysis).toMatchObject({ busy: 0, waited: { lock: 0 } });
});

it('an execution that took far longer than its siblings is an outlier', async () => {
  const run = await runOf((flow, { takes }) => {
    const items = Array.from({ length: 30 }, (_, index) => index);
    const work = ({ index }: { index: number }) => takes(index === 17 ? 40 : 2)();
    flow.forEach(
      'L',
      [],
      () => items,
      (each) => each.action('Work', work),
      { concurrency: 5 },
    );
  });

  const { outliers } = viewOf(run).analysis;

  expect(outliers).toEqual([
    { path: 'L[17]/Work', duration: 40 * second, median: expect.any(Number) },
  ]);
});
