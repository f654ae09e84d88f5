/**
 * Limiters that actions, loops and runs share: every handler takes a permit of each that stands around
 * it, once, and none is lost.
 * @module
 */
import { concurrencyLimiter, fixed, type Limiter, virtualClock } from '@runafter/clock';
import { type Flow, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { AtWork } from './at-work.ts';

describe('a limiter', () => {
  it('that two loops share bounds them together', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const atWork = new AtWork();
    const limiter = concurrencyLimiter(3);
    const flow = workflow('Loops', (flow) => {
      for (const name of ['One', 'Two']) {
        flow.forEach(
          name,
          [],
          () => [1, 2, 3, 4, 5, 6],
          (each) => {
            each.action('Call', () => atWork.on(clock, 1_000));
          },
          { concurrency: 6, limiter },
        );
      }
    });
    await start(flow, undefined, { clock }).finished;

    expect(atWork.most).toBe(3);
    expect(clock.monotonic()).toBe(4_000);
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
  });

  it('that several runs share bounds them together', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const atWork = new AtWork();
    const limiter = concurrencyLimiter(2);
    const flow = workflow('Run', (flow) => {
      for (const name of ['A', 'B', 'C']) flow.action(name, () => atWork.on(clock, 1_000));
    });
    await Promise.all([1, 2, 3, 4].map(() => start(flow, undefined, { clock, limiter }).finished));

    expect(atWork.most).toBe(2);
    expect(clock.monotonic()).toBe(6_000);
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
  });

  it('that stands several times on the way to an action is taken once', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const limiter = concurrencyLimiter(1);
    const child = workflow('Child', (flow) => {
      flow.action('Inner', () => clock.sleep('1s'), { limiter });
    });
    const flow = workflow('Nested', (flow) => {
      flow.scope(
        'Scope',
        [],
        (scope) => {
          scope.forEach(
            'Loop',
            [],
            () => [1, 2],
            (each) => {
              const call = each.action('Call', () => clock.sleep('1s'), { limiter });
              each.child('Child', [call], child, () => undefined, { limiter });
            },
            { limiter, concurrency: 2 },
          );
        },
        { limiter },
      );
    });
    const run = start(flow, undefined, { clock, limiter });

    expect((await run.finished).status).toBe('Succeeded');
    expect(clock.monotonic()).toBe(4_000);
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
  });

  it('and another, listed in opposite orders, do not hold each other up for ever', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const first = concurrencyLimiter(1);
    const second = concurrencyLimiter(1);
    const nested = (flow: Flow<void>, name: string, outer: Limiter, inner: Limiter) => {
      flow.forEach(
        name,
        [],
        () => [1, 2, 3],
        (each) => {
          each.action('Call', () => clock.sleep('1s'), { limiter: inner });
        },
        { concurrency: 3, limiter: outer },
      );
    };
    const flow = workflow('Opposite', (flow: Flow<void>) => {
      nested(flow, 'One', first, second);
      nested(flow, 'Two', second, first);
    });

    expect((await start(flow, undefined, { clock }).finished).status).toBe('Succeeded');
    expect(clock.monotonic()).toBe(6_000);
  });

  it('is free again while an action waits for its next attempt', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const limiter = concurrencyLimiter(1);
    const active: number[] = [];
    const flow = workflow('Retry', (flow) => {
      flow.action(
        'Busy',
        ({ attempt }) => {
          active.push(limiter.active);
          if (attempt < 3) throw new Error('busy');
        },
        { limiter, retry: fixed({ count: 3, interval: '10s' }) },
      );
      flow.action('Between', [], () => clock.sleep('5s').then(() => active.push(limiter.active)));
    });
    await start(flow, undefined, { clock }).finished;

    expect(active).toEqual([1, 0, 1, 1]);
  });

  it.each<[string, () => unknown]>([
    ['succeeds', () => 1],
    ['throws', () => Promise.reject(new Error('no'))],
    ['has an output that is too large', () => 'x'.repeat(100)],
  ])('has its permit back when the action %s', async (_, handler) => {
    const limiter = concurrencyLimiter(1);
    const flow = workflow('Once', (flow) => {
      const call = flow.action('Call', handler, { limiter, payloadLimit: 10 });
      flow.action('Next', [settled(call)], () => 1, { limiter });
    });
    const { results } = await start(flow, undefined).finished;

    expect(results[1]?.status).toBe('Succeeded');
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
  });

  it('has nobody waiting for it once the run is cancelled, and the record says why', async () => {
    const clock = virtualClock();
    const limiter = concurrencyLimiter(1);
    const foreign = await limiter.acquire();
    const flow = workflow('Queue', (flow) => {
      flow.action('Call', () => 1, { limiter });
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    expect(limiter.waiting).toBe(1);
    run.cancel();

    expect((await run.finished).results[0]).toMatchObject({
      status: 'Skipped',
      code: 'RUN_CANCELLED',
      attempts: [],
    });
    expect(limiter).toMatchObject({ active: 1, waiting: 0 });
    foreign.release();
  });

  it('that fails makes the action Failed, from the moment that it was ready', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const down: Limiter = {
      acquire: () => Promise.reject(new Error('The limiter is down.')),
      tryAcquire: async () => undefined,
    };
    const flow = workflow('Down', (flow) => {
      const wait = flow.delay('Wait', [], '5s');
      flow.action('Call', [wait], () => 1, { limiter: down });
    });
    const { results } = await start(flow, undefined, { clock }).finished;

    expect(results[1]).toMatchObject({
      status: 'Failed',
      error: { message: 'The limiter is down.' },
      startTime: new Date('2026-01-01T00:00:05Z'),
      attempts: [],
    });
  });
});
