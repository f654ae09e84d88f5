/**
 * A process that does not get a run, or lets go of it: the run stays as it is, and nobody waits in vain.
 * @module
 */
import { concurrencyLimiter, type Gate, virtualClock } from '@runafter/clock';
import {
  event,
  memoryRunStore,
  type RunEvent,
  RunHeldError,
  resume,
  resumeAll,
  signal,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

const approval = event<string>('approval');
const waiting = workflow('Waiting', (flow) => flow.waitFor('Approval', [], approval));

function place() {
  const clock = virtualClock();
  const store = memoryRunStore({ clock });
  // Another object for the same store, as another process has.
  const elsewhere = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { clock, store, elsewhere };
}

describe('a process that suspends a run', () => {
  it('gives it back only when its handlers have settled', async () => {
    const { clock, store } = place();
    const log: string[] = [];
    const flow = workflow('Slow', (flow) =>
      flow.action('Work', async ({ signal: stopped }) => {
        log.push('begins');
        await clock.sleep('1h', { signal: stopped }).catch(() => clock.sleep('2s'));
        log.push('ends');
      }),
    );
    const run = start(flow, undefined, { store, clock, runId: 'r' });
    await clock.advance(10);
    const suspended = run.suspend();
    await clock.advance('1s');
    expect((await store.readRun('r'))?.lease, 'the handler is still at work').toBeDefined();
    await clock.advance('1s');
    await suspended;

    expect(log).toEqual(['begins', 'ends']);
    expect((await store.readRun('r'))?.lease).toBeUndefined();
  });

  it('says that it has left the run, and not that the run has ended', async () => {
    const { clock, store } = place();
    const told: RunEvent['type'][] = [];
    const onEvent = ({ type }: RunEvent): void => void told.push(type);
    const run = start(waiting, undefined, { store, clock, onEvent });
    await clock.advance(10);
    await run.suspend();

    expect(told).toContain('run.left');
    expect(told).not.toContain('run.ended');
    expect(run.status).toBeUndefined();
    expect(run.why().text).toContain('was suspended');
  });
});

describe('a process that waits for a run which another one holds', () => {
  it('sends signals to it all the same', async () => {
    const { clock, store, elsewhere } = place();
    const first = start(waiting, undefined, { store, clock, runId: 'r' });
    await clock.advance(10);
    const second = start(waiting, undefined, { store: elsewhere, clock, runId: 'r' });
    expect(await second.signal(approval, 'yes')).toBe('kept');
    await clock.advance('2s');

    expect(await first.finished).toMatchObject({ outputs: 'yes' });
    expect(await second.finished).toMatchObject({ outputs: 'yes' });
  });

  it('is told who holds it when it is to be resumed meanwhile', async () => {
    const { clock, store, elsewhere } = place();
    start(waiting, undefined, { store, clock, runId: 'r', holder: 'the first' });
    await clock.advance(10);
    start(waiting, undefined, { store: elsewhere, clock, runId: 'r' });
    const resumed = resume(waiting, 'r', { store: elsewhere, clock }).catch((error) => error);
    await clock.advance(10);

    expect(await resumed).toBeInstanceOf(RunHeldError);
    expect(await resumed).toMatchObject({ holder: 'the first' });
    await signal(store, 'r', approval, 'yes', { clock });
    await clock.advance('2s');
  });
});

describe('a run that has ended', () => {
  it('stays as it ended when it is read with a signal that is aborted', async () => {
    const { clock, store } = place();
    const quick = workflow('Quick', (flow) => flow.action('Work', () => 1));
    await start(quick, undefined, { store, clock, runId: 'r' }).finished;
    const run = start(quick, undefined, { store, clock, runId: 'r', signal: AbortSignal.abort() });

    expect(await run.finished).toMatchObject({ status: 'Succeeded', outputs: 1 });
    run.cancel();
    expect(run.status).toBe('Succeeded');
  });
});

describe('a gate that does not let a stored run in', () => {
  it('leaves it in the store, and resumeAll says so', async () => {
    const { clock, store, elsewhere } = place();
    const before = start(waiting, undefined, { store, clock, runId: 'r' });
    await clock.advance(10);
    await before.suspend();
    const limiter = concurrencyLimiter(1);
    const gate: Gate = {
      enter: () => Promise.reject(new Error('The waiting room is full.')),
      tryEnter: () => limiter.tryAcquire(),
    };
    const { resumed, refused } = await resumeAll([waiting], { store: elsewhere, clock, gate });

    expect(resumed).toEqual([]);
    expect(refused).toMatchObject([
      { runId: 'r', error: { message: 'The waiting room is full.' } },
    ]);
    expect((await store.readRun('r'))?.end).toBeUndefined();
  });

  it('gets its permit back when the run is suspended before it was let in', async () => {
    const { clock, store } = place();
    let permits = 0;
    const gate: Gate = {
      enter: async () => {
        permits++;
        return { release: () => void permits-- };
      },
      tryEnter: () => undefined,
    } as unknown as Gate;
    const run = start(waiting, undefined, { store, clock, gate, runId: 'r' });
    await run.suspend();
    await clock.advance(10);

    expect(permits).toBe(0);
    expect(await store.readRun('r'), 'it was never created').toBeUndefined();
  });
});

describe('a run that is lost while it is opened', () => {
  it.each(['start', 'resume'] as const)(
    'leaves no subscription behind that would keep the process alive (%s)',
    async (by) => {
      const { clock, store } = place();
      let subscriptions = 0;
      const slow = new Proxy(store, {
        get(target, name) {
          if (name === 'onSignal') {
            return (...args: Parameters<typeof store.onSignal>) => {
              const unsubscribe = target.onSignal(...args);
              subscriptions++;
              return () => {
                subscriptions--;
                unsubscribe();
              };
            };
          }
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== 'function') return member;
          const method = member.bind(target) as (...args: unknown[]) => unknown;
          if (name !== 'createRun' && name !== 'acquireLease') return method;
          // The grant arrives when its time is over.
          return async (...args: unknown[]) => {
            const grant = await method(...args);
            await clock.sleep('3s');
            return grant;
          };
        },
      });
      if (by === 'resume') {
        const run = start(waiting, undefined, { store, clock, runId: 'r' });
        await clock.advance(10);
        await Promise.allSettled([run.suspend(), run.finished, clock.advance('1s')]);
      }
      const options = { store: slow, clock, lease: '2s' } as const;
      const opened =
        by === 'start'
          ? start(waiting, undefined, { ...options, runId: 'r' }).finished
          : resume(waiting, 'r', options);
      const lost = expect(opened).rejects.toMatchObject({ code: 'RUN_LOST' });
      await clock.advance('1m');
      await lost;
      expect({ subscriptions, pending: clock.pending }).toEqual({ subscriptions: 0, pending: 0 });
    },
  );
});
