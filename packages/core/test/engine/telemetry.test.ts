import { AsyncLocalStorage } from 'node:async_hooks';
import { concurrencyLimiter, virtualClock } from '@runafter/clock';
import {
  event,
  memoryRunStore,
  type ObservedRun,
  type RunObserver,
  resume,
  start,
  type Telemetry,
  workflow,
} from '@runafter/core';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
});

const context = new AsyncLocalStorage<string>();

/** Watches a run with one observer. */
function watching(observer: RunObserver, runs: ObservedRun[] = []): Telemetry {
  return {
    observeRun: (run) => {
      runs.push(run);
      return observer;
    },
  };
}

const inContext: RunObserver = {
  within: ({ fullPath, attempt }, call) => context.run(`${fullPath} ${attempt}`, call),
};

const two = workflow('Two', (flow) => {
  const first = flow.action('First', async () => context.getStore());
  return flow.action('Second', [first], ([first]) => [first, context.getStore()]);
});

describe('telemetry', () => {
  it('has each handler called in a context of its own, and nothing of it stays', async () => {
    const { finished } = start(two, undefined, { telemetry: watching(inContext) });
    expect(await finished).toMatchObject({ outputs: ['First 1', 'Second 1'] });
    expect(context.getStore()).toBeUndefined();
  });

  it('has the wait for limiters in the context of the attempt that follows', async () => {
    const limiter = concurrencyLimiter(1);
    const seen: unknown[] = [];
    const acquire = limiter.acquire.bind(limiter);
    vi.spyOn(limiter, 'acquire').mockImplementation((options) => {
      seen.push(context.getStore());
      return acquire(options);
    });
    await start(two, undefined, { telemetry: watching(inContext), limiter }).finished;
    expect(seen).toEqual(['First 1', 'Second 1']);
  });

  it('gets the events of a child workflow, which name the action around it', async () => {
    const heard: unknown[] = [];
    const around = workflow('Around', (flow) => flow.child('Call', [], two, () => undefined));
    const telemetry = watching({
      ...inContext,
      onEvent: (event) => event.type === 'run.started' && heard.push(event.parent),
    });
    const run = start(around, undefined, { telemetry, runId: 'r' });
    expect(await run.finished).toMatchObject({ outputs: ['Call/First 1', 'Call/Second 1'] });
    expect(heard).toEqual([undefined, { runId: 'r', path: 'Call' }]);
  });

  it('can be several: the first is around the others', async () => {
    const named = (name: string): Telemetry =>
      watching({ within: (_, call) => context.run(`${context.getStore() ?? ''}${name}`, call) });
    const telemetry = [named('a'), named('b')];
    const { finished } = start(two, undefined, { telemetry });
    expect(await finished).toMatchObject({ outputs: ['ab', 'ab'] });
  });

  const broken = (): never => {
    throw new Error('broken');
  };
  it.each<[string, Telemetry]>([
    ['to watch', { observeRun: broken }],
    ['at an event', watching({ onEvent: broken })],
    ['before a handler', watching({ within: broken })],
    ['after a handler', watching({ within: (_, call) => [call(), broken()] as never })],
    ['to hand on', watching(Object.defineProperty({}, 'carrier', { get: broken }))],
  ])('that fails %s is a process warning, and the run goes on', async (_, telemetry) => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const handler = vi.fn(() => 7);
    const run = start(
      workflow('W', (flow) => flow.action('A', handler)),
      undefined,
      { telemetry },
    );
    expect(await run.finished).toMatchObject({ outputs: 7 });
    expect(handler).toHaveBeenCalledOnce();
    expect(warn).toHaveBeenCalled();
  });

  it('cannot change what a handler returns or throws, nor call it twice', async () => {
    const handler = vi.fn((): number => {
      throw new Error('refused');
    });
    const telemetry = watching({
      within: (_, call) => {
        try {
          call();
        } catch {}
        return call();
      },
    });
    const run = start(
      workflow('W', (flow) => flow.action('A', handler)),
      undefined,
      { telemetry },
    );
    await run.finished;
    expect(run.result('A')?.error?.message).toBe('refused');
    expect(handler).toHaveBeenCalledOnce();
  });

  it('is refused where it watches nothing', () => {
    expect(() => start(two, undefined, { telemetry: {} as Telemetry })).toThrow(/observeRun/u);
  });
});

describe('the carrier of telemetry', () => {
  const waits = workflow('Waits', (flow) => {
    const first = flow.action('First', () => 1);
    return flow.waitFor('Approval', [first], event('approval'));
  });

  it('is kept with a durable run, for the process that goes on with it', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const runs: ObservedRun[] = [];
    const carrying = (carrier: Record<string, string>): Telemetry => watching({ carrier }, runs);
    const options = { store, clock };
    const telemetry = [carrying({ traceparent: 'one' }), carrying({ other: 'x' })];
    const first = start(waits, undefined, { ...options, runId: 'r', telemetry });
    await clock.advance(10);
    await first.suspend();
    const second = await resume(waits, 'r', {
      ...options,
      telemetry: carrying({ traceparent: 'two' }),
    });
    await clock.advance(10);
    await second.suspend();
    const third = await resume(waits, 'r', { ...options, telemetry: carrying({}) });
    await third.suspend();
    expect(runs.map(({ earlier, isResumed }) => [earlier, isResumed])).toEqual([
      [undefined, false],
      [undefined, false],
      [{ traceparent: 'one', other: 'x' }, true],
      [{ traceparent: 'two' }, true],
    ]);
  });

  it('is not asked for where a run that has ended is only read', async () => {
    const store = memoryRunStore();
    const runs: ObservedRun[] = [];
    const options = { store, telemetry: watching({}, runs) };
    await start(two, undefined, { ...options, runId: 'r' }).finished;
    await (await resume(two, 'r', options)).finished;
    expect(runs).toHaveLength(1);
  });
});
