/**
 * Signals that a store hands on with its notice: none is lost, none comes twice, and each in its turn, also where
 * the store is away for a moment.
 */
import { virtualClock } from '@runafter/clock';
import {
  event,
  type Flow,
  memoryRunStore,
  type NewSignal,
  type RunStore,
  type StoredSignal,
  signal,
  start,
  workflow,
} from '@runafter/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WatchedStore } from '../model/watched-store.ts';
import { seed } from '../properties/seed.ts';

const runId = 'r';

/** Tells of signals when it is told to, with or without them, in any order. */
class Announcer extends WatchedStore {
  reads = 0;
  /** What reads of signals fail with; undefined while the store is there. */
  fault: Error | undefined;
  readonly signals: StoredSignal[] = [];
  #listener: ((signal?: StoredSignal) => void) | undefined;

  override onSignal(_: string, listener: (signal?: StoredSignal) => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }

  override async putSignal(id: string, sent: NewSignal): ReturnType<RunStore['putSignal']> {
    const answer = await super.putSignal(id, sent);
    const all = await this.inner.readSignals(runId, 0);
    this.signals.push(all.at(-1) as StoredSignal);
    return answer;
  }

  override readSignals(id: string, after: number): Promise<readonly StoredSignal[]> {
    this.reads++;
    return this.fault === undefined ? super.readSignals(id, after) : Promise.reject(this.fault);
  }

  /** @param number - undefined: tells that something has come, and not what. */
  tell(number: number | undefined): void {
    this.#listener?.(number === undefined ? undefined : this.signals[number - 1]);
  }

  protected write<T>(call: (inner: RunStore) => Promise<T>): Promise<T> {
    return call(this.inner);
  }

  protected read<T>(call: (inner: RunStore) => Promise<T>): Promise<T> {
    return call(this.inner);
  }
}

/** Takes the signals one after the other. */
function taking(count: number) {
  return workflow('Take', (flow: Flow<undefined>) =>
    flow.forEach(
      'Each',
      [],
      () => Array.from({ length: count }, (_, index) => index),
      (each) => each.waitFor('Wait', [], event<number>('note')),
    ),
  );
}

async function begun(count: number) {
  const clock = virtualClock();
  const store = new Announcer(memoryRunStore({ clock }));
  const run = start(taking(count), undefined, { store, clock, runId, lease: '365d' });
  await clock.advance(0);
  return { clock, store, run, put: (n: number) => signal(store, runId, 'note', n) };
}

describe('signals that come with their notice', () => {
  it('need not be read, one after the other', async () => {
    const { clock, store, run, put } = await begun(3);
    const readsAtFirst = store.reads;
    for (const number of [1, 2, 3]) {
      await put(number);
      store.tell(number);
      await clock.advance(0);
    }

    await expect(run.finished).resolves.toMatchObject({ outputs: [1, 2, 3] });
    expect(store.reads).toBe(readsAtFirst);
  });

  it('are read where one in between is not known', async () => {
    const { clock, store, run, put } = await begun(3);
    for (const number of [1, 2, 3]) await put(number);
    store.tell(3);
    store.tell(1);
    await clock.advance(0);

    await expect(run.finished).resolves.toMatchObject({ outputs: [1, 2, 3] });
  });

  it('are each handed on once, in their order, whatever is told of them and when', async () => {
    const notices = fc.array(
      fc.tuple(fc.constantFrom('put', 'tell', 'tell', 'notice', 'turn'), fc.nat(9)),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(notices, async (steps) => {
        const count = 10;
        const { clock, store, run, put } = await begun(count);
        for (const [what, which] of steps) {
          if (what === 'put' && store.signals.length < count) await put(store.signals.length);
          else if (what === 'tell' && which < store.signals.length) store.tell(which + 1);
          else if (what === 'notice') store.tell(undefined);
          else if (what === 'turn') await clock.advance(0);
        }
        while (store.signals.length < count) await put(store.signals.length);
        store.tell(count);
        await clock.advance(0);

        const numbers = Array.from({ length: count }, (_, number) => number);
        await expect(run.finished).resolves.toMatchObject({ outputs: numbers });
      }),
      { seed, numRuns: 100, interruptAfterTimeLimit: 20_000 },
    );
  });
});

describe('a store whose signals cannot be read', () => {
  const away = Object.assign(new Error('It is away.'), { code: 'SERVICE_UNAVAILABLE' });

  it('is asked again when it is away, and the handler that is at work goes on', async () => {
    const clock = virtualClock();
    const store = new Announcer(memoryRunStore({ clock }));
    const calls: AbortSignal[] = [];
    const flow = workflow('Work and wait', (flow: Flow<undefined>) => {
      const work = flow.action('Work', ({ signal: stopped }) => {
        calls.push(stopped);
        return clock.sleep('1m', { signal: stopped });
      });
      return flow.waitFor('Wait', [work], event<number>('note'));
    });
    const run = start(flow, undefined, { store, clock, runId });
    await clock.advance(0);
    store.fault = away;
    await signal(store, runId, 'note', 7);
    store.tell(undefined);
    await clock.advance('30s');
    store.fault = undefined;
    await clock.advance('30s');

    await expect(run.finished).resolves.toMatchObject({ status: 'Succeeded', outputs: 7 });
    expect(calls.map(({ aborted }) => aborted)).toEqual([false]);
  });

  it('is not waited for by a process that lets go of the run', async () => {
    const { clock, store, run } = await begun(1);
    store.fault = away;
    store.tell(undefined);
    await clock.advance('1s');
    await run.suspend();
    const readsUntilThen = store.reads;
    await clock.advance('1m');

    expect(store.reads).toBe(readsUntilThen);
    await expect(run.finished).rejects.toMatchObject({ code: 'RUN_SUSPENDED' });
  });

  it('ends the run here at once for what no wait will change', async () => {
    const { clock, store, run } = await begun(1);
    store.fault = new Error('No right to read.');
    store.tell(undefined);
    await clock.advance(0);

    await expect(run.finished).rejects.toBe(store.fault);
  });
});
