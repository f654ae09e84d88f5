/**
 * A loop whose window is what an adaptive limiter says: it follows the degree, its attempts take
 * permits, and the limiter hears what they failed with.
 * @module
 */
import { concurrencyLimiter, fixed, type VirtualClock, virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type Run,
  type RunStore,
  StoppedError,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { SettableLimiter } from './settable-limiter.ts';

interface LoopStart {
  readonly count: number;
  readonly limiter: SettableLimiter;
  readonly clock?: VirtualClock;
  readonly key?: (item: number) => number;
  readonly store?: RunStore;
}

/** Starts a loop in which every item takes ten seconds, in one action. */
function startLoop({ count, limiter, key, store, clock = virtualClock() }: LoopStart) {
  const flow = workflow('Work', (flow) =>
    flow.forEach(
      'Loop',
      [],
      () => Array.from({ length: count }, (_, item) => item),
      (each) =>
        each.action('Work', async ({ item, signal }) => {
          await clock.sleep('10s', { signal });
          return item;
        }),
      { concurrency: limiter, ...(key && { key }) },
    ),
  );
  const run = start(flow, undefined, { clock, ...(store && { store }) });
  const iterations = { started: 0, open: 0 };
  run.events.subscribe(({ type }) => {
    if (type === 'iteration.started') {
      iterations.started++;
      iterations.open++;
    } else if (type === 'iteration.ended') iterations.open--;
  });
  return { clock, run, iterations };
}

describe('the window of an adaptive loop', () => {
  it('is the degree, and fills in the same turn as that rises', async () => {
    const limiter = new SettableLimiter(2);
    const { clock, run, iterations } = startLoop({ count: 20, limiter });
    await clock.advance('1s');
    expect(iterations).toEqual({ started: 2, open: 2 });

    limiter.degree = 5;
    expect(iterations).toEqual({ started: 5, open: 5 });

    await clock.advance('1h');
    expect(await run.finished).toMatchObject({ outputs: Array.from({ length: 20 }, (_, i) => i) });
    expect(limiter.most).toBe(5);
  });

  it('lets those that run go on as it shrinks, and starts no other until there is room', async () => {
    const limiter = new SettableLimiter(4);
    const { clock, run, iterations } = startLoop({ count: 6, limiter });
    await clock.advance('1s');
    limiter.degree = 1;
    expect(iterations).toEqual({ started: 4, open: 4 });

    await clock.advance('9s');
    expect(iterations).toEqual({ started: 5, open: 1 });
    await clock.advance('10s');
    expect(iterations).toEqual({ started: 6, open: 1 });
    await clock.advance('10s');
    expect((await run.finished).status).toBe('Succeeded');
    expect(limiter.heard).toEqual(Array(6).fill(undefined));
  });

  it('is bounded by max, whatever the degree', async () => {
    const limiter = new SettableLimiter(3, 3);
    const { clock, run, iterations } = startLoop({ count: 10, limiter });
    limiter.degree = 1_000;
    await clock.advance('1s');
    expect(iterations.open).toBe(3);
    await clock.advance('1h');
    await run.finished;
  });

  it.each([Number.NaN, 0, -1])('is one where a faulty limiter says %d', async (degree) => {
    const limiter = new SettableLimiter(1);
    const { clock, run, iterations } = startLoop({ count: 3, limiter });
    limiter.degree = degree;
    await clock.advance('1s');
    expect(iterations.open).toBe(1);
    limiter.degree = 3;
    await clock.advance('1h');
    await run.finished;
  });

  it('is filled with items of busy keys too, which are held back within 4 × max', async () => {
    const limiter = new SettableLimiter(1, 2);
    const pulled: number[] = [];
    const { clock, run, iterations } = startLoop({
      count: 20,
      limiter,
      key: (item) => {
        pulled.push(item);
        return item < 9 ? 0 : item;
      },
    });
    await clock.advance('1s');
    limiter.degree = 2;
    // Eight wait for the key of the first one; nothing further is read.
    expect(pulled).toHaveLength(9);
    expect(iterations.open).toBe(1);

    await clock.advance('1h');
    expect((await run.finished).results[0]?.counts).toMatchObject({ total: 20, Succeeded: 20 });
    expect(limiter.most).toBe(2);
  });

  it('is shared by loops, which fill by themselves as one of them makes the degree rise', async () => {
    const limiter = new SettableLimiter(1);
    const clock = virtualClock();
    const runs = [1, 2].map(() => startLoop({ count: 3, limiter, clock }).run);
    await clock.advance('1s');
    expect(limiter).toMatchObject({ active: 1, waiting: 1, listeners: 2 });
    limiter.degree = 6;
    await clock.advance('19s');

    for (const { status } of await Promise.all(runs.map((run) => run.finished))) {
      expect(status).toBe('Succeeded');
    }
    expect(limiter).toMatchObject({ most: 6, active: 0, waiting: 0, listeners: 0 });
  });

  it('of a loop inside another takes no second permit for the same attempt', async () => {
    const limiter = new SettableLimiter(1);
    const clock = virtualClock({ autoAdvance: true });
    const child = workflow('Child', (flow) => {
      flow.action('Inner', () => clock.sleep('1s'));
    });
    const flow = workflow('Nested', (flow) => {
      flow.forEach(
        'Outer',
        [],
        () => [1, 2],
        (outer) => {
          outer.scope('Scope', [], (scope) => {
            scope.forEach(
              'Inner',
              [],
              () => [1, 2],
              (inner) => {
                const call = inner.action('Call', () => clock.sleep('1s'), { limiter });
                inner.child('Child', [call], child, () => undefined);
              },
              { concurrency: limiter },
            );
          });
        },
        { concurrency: limiter, limiter: concurrencyLimiter(5) },
      );
    });

    expect((await start(flow, undefined, { clock }).finished).status).toBe('Succeeded');
    expect(clock.monotonic()).toBe(8_000);
    expect(limiter).toMatchObject({ most: 1, active: 0, listeners: 0 });
    expect(limiter.heard).toHaveLength(8);
  });
});

describe('an adaptive limiter is left alone', () => {
  it.each<[string, (run: Run<unknown>) => unknown]>([
    ['was cancelled', (run) => run.cancel()],
    ['was suspended', (run) => run.suspend()],
  ])('by a loop whose run %s', async (_, end) => {
    const limiter = new SettableLimiter(2);
    const { clock, run, iterations } = startLoop({ count: 9, limiter, store: memoryRunStore() });
    await clock.advance('1s');
    const { started } = iterations;
    expect(limiter.listeners).toBe(1);

    const ended = end(run);
    expect(limiter.listeners).toBe(0);
    limiter.degree = 9;
    await clock.advance('1h');
    await ended;
    await run.finished.catch(() => undefined);
    expect(iterations.started).toBe(started);
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
  });

  it.each<[string, () => Iterable<number> | AsyncIterable<number>]>([
    ['has no items', () => []],
    ['has a source that fails', failing],
    ['has a source that cannot be opened', () => 7 as never],
  ])('by a loop that %s', async (_, items) => {
    const limiter = new SettableLimiter(2);
    const flow = workflow('Loop', (flow) => {
      flow.forEach('Loop', [], items, (each) => each.item, { concurrency: limiter });
    });
    await start(flow, undefined).finished;

    expect(limiter.listeners).toBe(0);
  });

  it('by a loop whose time is up, and by one that is told to stop before it has its items', async () => {
    const limiter = new SettableLimiter(2);
    const clock = virtualClock();
    const flow = workflow('Late', (flow) => {
      for (const [name, wait] of [
        ['Slow', '10s'],
        ['Unopened', '1h'],
      ] as const) {
        flow.forEach(
          name,
          [],
          () => clock.sleep(name === 'Slow' ? 0 : '1h').then(() => [1, 2, 3]),
          (each) => each.action('Work', ({ signal }) => clock.sleep(wait, { signal })),
          { concurrency: limiter, timeout: '5s' },
        );
      }
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('2s');
    expect(limiter.listeners).toBe(1);
    await clock.advance('3s');

    expect(limiter.listeners).toBe(0);
    await clock.advance('1h');
    expect((await run.finished).results.map(({ status }) => status)).toEqual([
      'TimedOut',
      'TimedOut',
    ]);
    expect(limiter).toMatchObject({ active: 0, waiting: 0, listeners: 0 });
  });
});

describe('a limiter hears of each attempt', () => {
  it('what it failed with, and nothing of one that succeeds', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const limiter = new SettableLimiter(1);
    const tooMany = Object.assign(new Error('Too many requests.'), { status: 429 });
    const flow = workflow('Retried', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => [1],
        (each) => {
          const call = each.action(
            'Call',
            ({ attempt }) => {
              if (attempt < 3) throw tooMany;
            },
            { retry: fixed({ count: 3, interval: '1s' }) },
          );
          // What a handler returns is taken for a success.
          each.action('Answer', [call], () => ({ status: 429 }));
        },
        { concurrency: limiter },
      );
    });
    await start(flow, undefined, { clock }).finished;

    expect(limiter.heard).toEqual([tooMany, tooMany, undefined, undefined]);
  });

  it('that something was thrown, also where it was nothing', async () => {
    const limiter = new SettableLimiter(1);
    const flow = workflow('Nothing', (flow) => {
      flow.action('Call', () => Promise.reject(), { limiter });
    });
    await start(flow, undefined).finished;

    expect(limiter.heard).toMatchObject([{ code: 'NOT_AN_ERROR' }]);
  });

  it.each<[string, (run: Run<unknown>, clock: VirtualClock) => unknown, string]>([
    ['cancelled', (run) => run.cancel(), 'RUN_CANCELLED'],
    ['timed out', (_, clock) => clock.advance('30s'), 'ACTION_TIMED_OUT'],
  ])('why it was stopped where the action was %s, however it ended then', async (_, stop, code) => {
    const clock = virtualClock();
    const limiter = new SettableLimiter(9);
    const flow = workflow('Stopped', (flow) => {
      const options = { limiter, timeout: '30s' } as const;
      flow.action('Obeys', ({ signal }) => clock.sleep('1m', { signal }), options);
      flow.action('Fails', ({ signal }) => clock.sleep('1m', { signal }).catch(fail), options);
      flow.action(
        'Returns',
        ({ signal }) => clock.sleep('1m', { signal }).catch(() => 'too late'),
        options,
      );
      flow.action('Ignores', () => new Promise(() => undefined), options);
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    await stop(run, clock);
    await clock.advance('1h');
    await run.finished;

    expect(limiter.heard).toHaveLength(4);
    for (const reason of limiter.heard) {
      expect(reason).toBeInstanceOf(StoppedError);
      expect(reason).toMatchObject({ code });
    }
    expect(limiter.active).toBe(0);
  });

  it('why it never came to a call, where another limiter refused it', async () => {
    const limiter = new SettableLimiter(1);
    const full = new Error('The waiting room is full.');
    const refusing = new SettableLimiter(1);
    refusing.acquire = () => Promise.reject(full);
    const flow = workflow('Refused', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => [1],
        (each) => each.action('Call', () => 1, { limiter: refusing }),
        { concurrency: limiter },
      );
    });
    await start(flow, undefined).finished;

    expect(limiter.heard).toEqual([full]);
  });
});

function fail(): never {
  throw new Error('It took too long.');
}

function* failing(): Iterable<number> {
  yield 1;
  throw new Error('No more lines.');
}
