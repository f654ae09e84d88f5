/**
 * Runs of the engine behind a run gate: let in one after the other, refused with a clear word, and out again
 * however they end.
 */
import { type RunGate, runGate } from '@runafter/admission';
import { type VirtualClock, virtualClock } from '@runafter/clock';
import {
  type Flow,
  memoryRunStore,
  type Run,
  type RunEvent,
  type RunStore,
  resume,
  resumeAll,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('runs behind a run gate', () => {
  it('begin in the order in which they were started, as many at once as may', async () => {
    const { clock, gate, begun, flow } = place({ concurrency: 2 });
    const runs = [1, 2, 3, 4, 5].map((n) => start(flow, n, { clock, gate }));
    const results = await all(runs);
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('Succeeded'));
    expect(begun).toEqual(['1 at 0s', '2 at 0s', '3 at 10s', '4 at 10s', '5 at 20s']);
    expect(gate).toMatchObject({ running: 0, waiting: 0 });
  });

  it('are refused by a gate that is full, and those inside go on', async () => {
    const { clock, gate, begun, flow } = place({ concurrency: 1, waiting: 1 });
    await start(flow, 0, { clock, gate }).finished;
    const inside = [1, 2].map((n) => start(flow, n, { clock, gate }));
    const events: RunEvent[] = [];
    const refused = start(flow, 3, { clock, gate, onEvent: (event) => events.push(event) });
    const result = await refused.finished;
    expect(result).toMatchObject({
      status: 'Failed',
      error: {
        code: 'GATE_FULL',
        message: expect.stringContaining('Run gate is full: 1 run and 1 wait. Come back in about'),
        cause: { code: 'GATE_FULL', status: 429, retryAfter: 10_000 },
      },
    });
    expect(refused.why().text).toContain('Come back in about 10s');
    expect(events.at(-1)).toMatchObject({ type: 'run.ended', status: 'Failed' });
    await all(inside);
    expect(begun).toEqual(['0 at 0s', '1 at 10s', '2 at 20s']);
  });

  it('all come in where the gate has an outside', async () => {
    const { clock, gate, begun, flow } = place({ concurrency: 10, waiting: 1, whenFull: 'wait' });
    const runs = Array.from({ length: 35 }, (_, n) => start(flow, n, { clock, gate }));
    expect((await all(runs)).every(({ status }) => status === 'Succeeded')).toBe(true);
    expect(begun).toHaveLength(35);
    expect(clock.monotonic()).toBe(40_000);
  });

  it.each([
    ['when it is cancelled', (run: Run<unknown>) => run.cancel('enough')],
    ['when its signal is aborted', (_: unknown, controller: AbortController) => controller.abort()],
  ])('leave the line %s, and those behind move up', async (_, act) => {
    const { clock, gate, begun, flow } = place({ concurrency: 1, waiting: 2 });
    const controller = new AbortController();
    const { signal } = controller;
    const runs = [start(flow, 1, { clock, gate }), start(flow, 2, { clock, gate, signal })];
    runs.push(start(flow, 3, { clock, gate }));
    await clock.sleep('1s');
    expect(gate).toMatchObject({ running: 1, waiting: 2 });
    act(runs[1] as Run<unknown>, controller);
    expect(gate).toMatchObject({ running: 1, waiting: 1 });
    const results = await all(runs);
    expect(results.map(({ status }) => status)).toEqual(['Succeeded', 'Cancelled', 'Succeeded']);
    expect(begun).toEqual(['1 at 0s', '3 at 10s']);
    expect(gate).toMatchObject({ running: 0, waiting: 0 });
  });

  it('are told by a gate that is closed, and those inside go on', async () => {
    const { clock, gate, flow } = place({ concurrency: 1 });
    const runs = [1, 2].map((n) => start(flow, n, { clock, gate }));
    await clock.sleep('1s');
    await gate.close();
    runs.push(start(flow, 3, { clock, gate }));
    const results = await all(runs);
    const closed = { status: 'Failed', error: { code: 'SERVICE_CLOSED' } };
    expect(results).toMatchObject([{ status: 'Succeeded' }, closed, closed]);
    expect(gate.running).toBe(0);
  });

  it('are skipped by a trigger that only tries, while the one before is at work', async () => {
    const { clock, gate, begun, flow } = place({ concurrency: 1 });
    const trigger = async (n: number) => {
      using permit = await gate.tryEnter();
      if (permit !== undefined) await start(flow, n, { clock }).finished;
    };
    const triggers: Promise<void>[] = [];
    for (let n = 0; n < 5; n++) {
      triggers.push(trigger(n));
      await clock.sleep('6s');
    }
    await Promise.all(triggers);
    expect(begun).toEqual(['0 at 0s', '2 at 12s', '4 at 24s']);
  });
});

describe('a permit of a run gate comes back', () => {
  const failing = () => {
    throw new Error('No.');
  };
  it.each<[string, Workflow<void, unknown>, object]>([
    ['succeeds', workflow('Succeeds', (flow) => flow.action('A', () => 1)), {}],
    ['fails', workflow('Fails', (flow) => flow.action('A', failing)), {}],
    ['has nothing to do', workflow('Empty', () => undefined), {}],
    ['takes too long', stuck(), { timeout: '2s' }],
    ['waits for handlers that do not listen', deaf(), { timeout: '2s', grace: '1s' }],
  ])('when a run %s', async (_, flow, options) => {
    const clock = virtualClock({ autoAdvance: true });
    const gate = runGate({ concurrency: 1, clock });
    const runs = [1, 2, 3].map(() => start(flow, undefined, { clock, gate, ...options }));
    const results = await all(runs);
    expect(new Set(results.map(({ status }) => status)).size).toBe(1);
    expect(gate).toMatchObject({ running: 0, waiting: 0 });
  });

  it('when its store fails at the beginning or at the end', async () => {
    const { clock, gate, flow } = place({ concurrency: 1 });
    for (const method of ['createRun', 'endRun']) {
      const down = () => Promise.reject(new Error('The store is down.'));
      const store = Object.assign(memoryRunStore({ clock }), { [method]: down });
      await expect(start(flow, 1, { clock, gate, store }).finished).rejects.toThrow('down');
      expect(gate.running).toBe(0);
    }
  });

  it('when a run is suspended, but not before its handlers are still', async () => {
    const { clock, gate, store } = place({ concurrency: 1 });
    const flow = workflow('Slow', (flow) => {
      flow.action('A', ({ signal }) =>
        clock.sleep('1h', { signal }).catch(() => clock.sleep('3s')),
      );
    });
    const run = start(flow, undefined, { clock, gate, store, grace: '10s' });
    await clock.sleep('1s');
    const suspended = run.suspend();
    await clock.sleep('1s');
    expect(gate.running, 'while the handler is still at work').toBe(1);
    await suspended;
    await expect(run.finished).rejects.toMatchObject({ code: 'RUN_SUSPENDED' });
    expect(gate.running).toBe(0);
  });
});

describe('runs that are resumed behind a run gate', () => {
  it('begin as they are let in', async () => {
    const { clock, gate, begun, flow, store } = place({ concurrency: 2 });
    await leaveBehind(flow, store, clock, 5);
    begun.length = 0;
    const { resumed, refused } = await resumeAll([flow], { store, clock, gate });
    expect(resumed).toHaveLength(5);
    expect(refused).toEqual([]);
    await all(resumed);
    expect(begun.map((text) => text.replace(/^\d/, 'run'))).toEqual([
      ...Array(2).fill('run at 5s'),
      ...Array(2).fill('run at 15s'),
      'run at 25s',
    ]);
    expect(gate).toMatchObject({ running: 0, waiting: 0 });
  });

  it('stay in the store when it is full, to be resumed another time', async () => {
    const { clock, gate, flow, store } = place({ concurrency: 1, waiting: 1 });
    await leaveBehind(flow, store, clock, 4);
    const first = await resumeAll([flow], { store, clock, gate });
    expect(first.resumed).toHaveLength(2);
    expect(first.refused).toMatchObject(Array(2).fill({ error: { code: 'GATE_FULL' } }));
    await all(first.resumed);
    const second = await resumeAll([flow], { store, clock, gate });
    expect(second.resumed).toHaveLength(2);
    await all(second.resumed);
    expect(gate).toMatchObject({ running: 0, waiting: 0 });
  });

  it('give the permit back when another process has them', async () => {
    const { clock, gate, flow, store } = place({ concurrency: 1 });
    const run = start(flow, 1, { clock, store, runId: 'r' });
    await clock.sleep('1s');
    const refused = resume(flow, 'r', { store: elsewhere(store), clock, gate });
    await expect(refused).rejects.toMatchObject({ code: 'RUN_HELD' });
    expect(gate).toMatchObject({ running: 0, waiting: 0 });
    await run.finished;
  });

  it('leave the line when the signal is aborted, and stay in the store', async () => {
    const { clock, gate, flow, store } = place({ concurrency: 1 });
    await leaveBehind(flow, store, clock, 1);
    const permit = await gate.enter();
    const controller = new AbortController();
    const { signal } = controller;
    const resuming = resume(flow, 'run-0', { store, clock, gate, signal });
    resuming.catch(() => undefined);
    await clock.sleep('1s');
    expect(gate.waiting).toBe(1);
    const reason = new Error('No longer wanted.');
    controller.abort(reason);
    await expect(resuming).rejects.toBe(reason);
    expect(gate.waiting).toBe(0);
    permit.release();
    expect((await store.readRun('run-0'))?.end).toBeUndefined();
    const run = await resume(flow, 'run-0', { store, clock, gate });
    expect((await run.finished).status).toBe('Succeeded');
  });
});

function place(options: Parameters<typeof runGate>[0]): {
  clock: VirtualClock;
  gate: RunGate;
  store: RunStore;
  begun: string[];
  flow: Workflow<number, unknown>;
} {
  const clock = virtualClock({ autoAdvance: true });
  const begun: string[] = [];
  const flow = workflow('Gated', (flow: Flow<number>) =>
    flow.action('Work', async ({ input, signal }) => {
      begun.push(`${input} at ${clock.monotonic() / 1_000}s`);
      await clock.sleep('10s', { signal });
    }),
  );
  return {
    clock,
    gate: runGate({ ...options, clock }),
    store: memoryRunStore({ clock }),
    begun,
    flow,
  };
}

/** Runs that have begun and were suspended after 5 s. */
async function leaveBehind(
  flow: Workflow<number, unknown>,
  store: RunStore,
  clock: VirtualClock,
  count: number,
): Promise<void> {
  const runs = Array.from({ length: count }, (_, n) =>
    start(flow, n, { clock, store, runId: `run-${n}` }),
  );
  await clock.sleep('5s');
  await Promise.all(runs.map((run) => run.suspend()));
}

/** Another object for the same store, as another process has. */
function elsewhere(store: RunStore): RunStore {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

function all(runs: readonly Run<unknown>[]) {
  return Promise.all(runs.map(({ finished }) => finished));
}

function stuck(): Workflow<void, unknown> {
  return workflow('Stuck', (flow) =>
    flow.action(
      'A',
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    ),
  );
}

function deaf(): Workflow<void, unknown> {
  return workflow('Deaf', (flow) => flow.action('A', () => new Promise(() => {})));
}
