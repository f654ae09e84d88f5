import { AsyncLocalStorage } from 'node:async_hooks';
import { concurrencyLimiter, fixed, virtualClock } from '@runafter/clock';
import {
  event,
  memoryRunStore,
  type ObservedRun,
  type RunObserver,
  rerun,
  resume,
  settled,
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

const broken = (): never => {
  throw new Error('broken');
};

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

  it.each<[string, Telemetry]>([
    ['to watch', { observeRun: broken }],
    ['at an event', watching({ onEvent: broken })],
    ['before a handler', watching({ within: broken })],
    ['after a handler', watching({ within: (_, call) => [call(), broken()] as never })],
    ['later, to watch', { observeRun: (async () => broken()) as never }],
    ['later, at an event', watching({ onEvent: async () => broken() })],
    ['later, before a handler', watching({ within: (async () => broken()) as never })],
    [
      'later, after a handler',
      watching({
        within: (async (_: unknown, call: () => unknown) => [await call(), broken()]) as never,
      }),
    ],
    ['to say what it hears', watching(Object.defineProperty({}, 'onEvent', { get: broken }))],
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
    await vi.waitFor(() => expect(warn).toHaveBeenCalled());
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

  it('may wait for what a handler returns, whose failure is none of its own', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const telemetry = watching({
      within: (async (_: unknown, call: () => unknown) => await call()) as never,
    });
    const flow = workflow('W', (flow) => {
      flow.action('Rejects', async () => {
        throw new Error('refused');
      });
      flow.action('Throws', (): number => {
        throw new Error('refused');
      });
    });
    const run = start(flow, undefined, { telemetry: [telemetry, telemetry] });
    await run.finished;
    expect(run.results.map(({ error }) => error?.message)).toEqual(['refused', 'refused']);
    expect(warn).not.toHaveBeenCalled();
  });

  it('hears whether an attempt has failed, or was told to stop', async () => {
    const clock = virtualClock();
    const heard: unknown[] = [];
    const telemetry = watching({
      onEvent: (event) => {
        if (event.type === 'attempt.ended') heard.push([event.name, event.attempt, event.status]);
      },
    });
    const flow = workflow('W', (flow) => {
      const again = flow.action(
        'Again',
        ({ attempt }) => {
          if (attempt === 1) throw new Error('refused');
        },
        { retry: fixed({ count: 1, interval: '1s' }) },
      );
      const late = flow.action('Late', [again], (_, { signal }) => clock.sleep('1h', { signal }), {
        timeout: '1s',
      });
      flow.action('Stopped', [settled(late)], (_, { signal }) => clock.sleep('1h', { signal }));
    });
    const run = start(flow, undefined, { clock, telemetry });
    await clock.advance('5s');
    run.cancel();
    await run.finished;
    expect(heard).toEqual([
      ['Again', 1, 'Failed'],
      ['Again', 2, 'Succeeded'],
      ['Late', 1, 'TimedOut'],
      ['Stopped', 1, 'Cancelled'],
    ]);
  });

  it('is told which attempts deal with secure values', async () => {
    const heard: unknown[] = [];
    const telemetry = watching({
      within: ({ path, isSecure }, call) => {
        heard.push([path, isSecure]);
        return call();
      },
    });
    const flow = workflow('W', (flow) => {
      flow.action('Open', () => 1);
      flow.action('Login', () => 1, { secure: { inputs: true } });
      flow.action('Token', () => 1, { secure: { outputs: true } });
    });
    await start(flow, undefined, { telemetry }).finished;
    expect(heard).toEqual([
      ['Open', false],
      ['Login', true],
      ['Token', true],
    ]);
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

  it('of one is kept where another one fails', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const runs: ObservedRun[] = [];
    const telemetry = [
      watching(Object.defineProperty({}, 'carrier', { get: broken })),
      watching({ carrier: { traceparent: 'one' } }, runs),
    ];
    for (const _ of [1, 2]) {
      const run = start(waits, undefined, { clock, store, runId: 'r', telemetry });
      await clock.advance(10);
      await run.suspend();
    }
    expect(runs.map(({ earlier }) => earlier)).toEqual([undefined, { traceparent: 'one' }]);
  });

  it('is there for a run that repeats another one', async () => {
    const store = memoryRunStore();
    const runs: ObservedRun[] = [];
    const flow = workflow('W', (flow) => {
      flow.action('A', (): number => {
        throw new Error('refused');
      });
    });
    const telemetry = watching({ carrier: { traceparent: 'one' } }, runs);
    await start(flow, undefined, { store, runId: 'r', telemetry }).finished;
    for (const only of ['failed', 'all'] as const) {
      await (await rerun(flow, 'r', { store, runId: only, only, telemetry })).finished;
    }
    expect(runs.map(({ runId, earlier, isResumed }) => [runId, earlier, isResumed])).toEqual([
      ['r', undefined, false],
      ['failed', { traceparent: 'one' }, true],
      ['all', { traceparent: 'one' }, true],
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
