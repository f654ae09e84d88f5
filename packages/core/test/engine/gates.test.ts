/**
 * A run behind a gate: it begins when it is let in, and ends at once when it is refused or told to stop.
 * @module
 */
import { getEventListeners } from 'node:events';
import {
  type ConcurrencyLimiter,
  concurrencyLimiter,
  type Gate,
  virtualClock,
} from '@runafter/clock';
import { memoryRunStore, type RunEvent, start, workflow } from '@runafter/core';
import { RunafterError } from '@runafter/errors';
import { describe, expect, it, vi } from 'vitest';
import { nextTurn } from './next-turn.ts';

describe('a run behind a gate', () => {
  it('begins when it is let in, and lets the next one in when it has ended', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const limiter = concurrencyLimiter(2);
    const begun: number[] = [];
    const flow = workflow('Gated', (flow) => {
      flow.action('Work', () => {
        begun.push(clock.monotonic());
        return clock.sleep('10s');
      });
    });
    const gate = gateOf(limiter);
    const runs = [1, 2, 3, 4, 5].map(() => start(flow, undefined, { clock, gate }));
    const results = await Promise.all(runs.map(({ finished }) => finished));

    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('Succeeded'));
    expect(begun).toEqual([0, 0, 10_000, 10_000, 20_000]);
    // A run's time begins when it is let in.
    expect(results[4]?.startTime.getTime()).toBe(Date.UTC(2026, 0, 1) + 20_000);
    expect(limiter).toMatchObject({ active: 0, waiting: 0 });
  });

  it('has all of its timeout, however long it waited', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Gated', (flow) => {
      flow.action('Work', () => clock.sleep('9s'));
    });
    const gate = gateOf(concurrencyLimiter(1));
    const runs = [1, 2, 3].map(() => start(flow, undefined, { clock, gate, timeout: '10s' }));
    const results = await Promise.all(runs.map(({ finished }) => finished));

    expect(results.map(({ status }) => status)).toEqual(Array(3).fill('Succeeded'));
  });

  it('is Failed with the code of the gate when it is refused, and calls no handler', async () => {
    const { flow, called } = oneStep();
    const events: RunEvent[] = [];
    const gate = refusing(new RunafterError('GATE_FULL', 'The waiting room is full: 35 wait.'));
    const run = start(flow, undefined, { gate, onEvent: (event) => events.push(event) });
    const result = await run.finished;

    expect(result).toMatchObject({
      status: 'Failed',
      error: {
        code: 'GATE_FULL',
        message: 'The gate did not let the run in: The waiting room is full: 35 wait.',
      },
      results: [{ status: 'Skipped', code: 'GATE_FULL' }],
    });
    expect(called).toEqual([]);
    expect(run.why().text).toContain('The waiting room is full');
    expect(events.at(-1)).toMatchObject({ type: 'run.ended', status: 'Failed' });
  });

  it('is Failed also by a gate that throws at once, whatever it throws', async () => {
    const gate: Gate = {
      enter: () => {
        throw undefined;
      },
      tryEnter: async () => undefined,
    };
    const result = await start(oneStep().flow, undefined, { gate }).finished;

    expect(result).toMatchObject({ status: 'Failed', error: { code: 'NOT_AN_ERROR' } });
  });

  it('is unknown to its store when it was refused, so that it can be started again', async () => {
    const { flow } = oneStep();
    const store = memoryRunStore();
    const writes = [vi.spyOn(store, 'recordOutcome'), vi.spyOn(store, 'endRun')];
    const refused = start(flow, undefined, {
      store,
      runId: 'r',
      gate: refusing(new Error('full')),
    });
    await refused.finished;
    expect(await store.readRun('r')).toBeUndefined();
    for (const write of writes) expect(write).not.toHaveBeenCalled();

    const again = start(flow, undefined, {
      store,
      runId: 'r',
      gate: gateOf(concurrencyLimiter(1)),
    });
    expect((await again.finished).status).toBe('Succeeded');
    expect((await store.readRun('r'))?.end?.status).toBe('Succeeded');
  });
});

describe('a run that waits at a gate', () => {
  it.each([
    ['cancel()', (stop: Stop) => stop.cancel()],
    ['its signal', (stop: Stop) => stop.abort()],
  ])('leaves the waiting room at once when it is cancelled by %s', async (_, act) => {
    const { flow, called } = oneStep();
    const limiter = concurrencyLimiter(1);
    const before = await limiter.acquire();
    const controller = new AbortController();
    const run = start(flow, undefined, { gate: gateOf(limiter), signal: controller.signal });
    await nextTurn();
    expect(limiter.waiting).toBe(1);
    act({ cancel: () => run.cancel('enough'), abort: () => controller.abort('enough') });
    const result = await run.finished;

    expect(result).toMatchObject({
      status: 'Cancelled',
      error: { code: 'RUN_CANCELLED', message: 'The run was cancelled: enough' },
      results: [{ status: 'Skipped', code: 'RUN_CANCELLED' }],
    });
    expect(called).toEqual([]);
    expect(limiter).toMatchObject({ active: 1, waiting: 0 });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    before.release();
    expect(limiter.active).toBe(0);
  });

  it('does not go in when its signal is aborted already', async () => {
    const { flow, called } = oneStep();
    const limiter = concurrencyLimiter(1);
    const before = await limiter.acquire();
    const signal = AbortSignal.abort('never mind');
    const result = await start(flow, undefined, { gate: gateOf(limiter), signal }).finished;

    expect(result).toMatchObject({
      status: 'Cancelled',
      error: { message: 'The run was cancelled: never mind' },
    });
    expect(called).toEqual([]);
    expect(limiter).toMatchObject({ active: 1, waiting: 0 });
    before.release();
  });

  it('gives its permit back when it was let in and cancelled at the same time', async () => {
    const { flow, called } = oneStep();
    const limiter = concurrencyLimiter(1);
    const run = start(flow, undefined, { gate: gateOf(limiter) });
    run.cancel();

    expect((await run.finished).status).toBe('Cancelled');
    expect(called).toEqual([]);
    expect(limiter.active).toBe(0);
  });

  it('gives its permit back when its store fails', async () => {
    const limiter = concurrencyLimiter(1);
    const store = Object.assign(memoryRunStore(), {
      createRun: () => Promise.reject(new Error('The store is down.')),
    });
    const run = start(oneStep().flow, undefined, { gate: gateOf(limiter), store });

    await expect(run.finished).rejects.toThrow('The store is down.');
    expect(limiter.active).toBe(0);
  });
});

interface Stop {
  cancel(): void;
  abort(): void;
}

function oneStep() {
  const called: string[] = [];
  const flow = workflow('Gated', (flow) => {
    flow.action('Work', ({ path }) => {
      called.push(path);
    });
  });
  return { flow, called };
}

function gateOf(limiter: ConcurrencyLimiter): Gate {
  return {
    enter: (options) => limiter.acquire(options),
    tryEnter: (options) => limiter.tryAcquire(options),
  };
}

function refusing(error: Error): Gate {
  return { enter: () => Promise.reject(error), tryEnter: async () => undefined };
}
