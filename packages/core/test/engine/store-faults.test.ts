/**
 * A store that fails: the run rejects with that very error, starts nothing more and leaves nothing behind.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { memoryRunStore, type RunEvent, type RunStore, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { nextTurn } from './next-turn.ts';
import { expectNothingToEscape } from './nothing-escapes.ts';

const twoSteps = workflow('Two_Steps', (flow) => {
  const first = flow.action('First', () => 1);
  flow.action('Second', [first], () => 2);
});

expectNothingToEscape();

describe('a store that fails', () => {
  const down = new Error('The store is down.');
  const ways: readonly [string, () => never | Promise<never>][] = [
    ['rejects', () => Promise.reject(down)],
    [
      'throws',
      () => {
        throw down;
      },
    ],
  ];

  describe.each(ways)('and %s', (_, fail) => {
    it.each(['createRun', 'recordOutcome', 'endRun'] as const)(
      'in %s makes `finished` reject with that error',
      async (method) => {
        const clock = virtualClock();
        const run = start(twoSteps, undefined, {
          store: storeWith({ [method]: fail }),
          clock,
          timeout: '1d',
        });

        await expect(run.finished).rejects.toBe(down);
        expect(clock.pending).toBe(0);
      },
    );
  });

  it('starts nothing more, tells what runs to stop, and says so in the events', async () => {
    const clock = virtualClock();
    const called: string[] = [];
    const events: RunEvent[] = [];
    let reason: unknown;
    const flow = workflow('Order', (flow) => {
      flow.scope(
        'Scope',
        [],
        (scope) => {
          const first = scope.action('First', () => 1);
          scope.action('Second', [first], (_, { path }) => {
            called.push(path);
          });
          scope.action('Beside', async ({ signal }) => {
            await clock.sleep('1h', { signal }).catch(() => undefined);
            reason = signal.reason;
          });
        },
        { timeout: '1d' },
      );
    });
    const store = storeWith({ recordOutcome: () => Promise.reject(down) });
    const run = start(flow, undefined, { store, clock, onEvent: (event) => events.push(event) });

    await expect(run.finished).rejects.toBe(down);
    await nextTurn();
    expect(called).toEqual([]);
    expect(reason).toMatchObject({ code: 'RUN_FAULTED', cause: down });
    expect(clock.pending).toBe(0);
    expect(events.filter(({ type }) => type === 'run.ended')).toMatchObject([
      { status: 'Failed', error: { code: 'RUN_FAULTED' } },
    ]);
  });

  it('lets nothing escape when nobody looks at `finished`', async () => {
    const run = start(twoSteps, undefined, {
      store: storeWith({ endRun: () => Promise.reject(down) }),
    });
    await nextTurn();

    expect(run.status).toBe('Succeeded');
  });

  it('for a child makes the whole run reject', async () => {
    const store = memoryRunStore();
    const record = store.recordOutcome.bind(store);
    store.recordOutcome = (writer, entry) =>
      entry.outcome.frame === 'Call' ? Promise.reject(down) : record(writer, entry);
    const parent = workflow('Parent', (flow) =>
      flow.child('Call', [], twoSteps, () => undefined, { timeout: '1d' }),
    );
    const clock = virtualClock();
    const run = start(parent, undefined, { store, clock });

    await expect(run.finished).rejects.toBe(down);
    expect(clock.pending).toBe(0);
  });
});

function storeWith(methods: Partial<RunStore>): RunStore {
  return Object.assign(memoryRunStore(), methods);
}
