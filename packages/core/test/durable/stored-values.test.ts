/**
 * Values of durable runs: what comes back after a restart is what was handed over, and what cannot be kept
 * is refused with its place.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  event,
  type Flow,
  memoryRunStore,
  NotStorableError,
  resume,
  signal,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { MortalProcess } from './mortal-process.ts';

/** One action that hands over a value, and one that tells what it was given. */
function giving(value: unknown, got: unknown[] = []) {
  return workflow('Giving', (flow) => {
    const give = flow.action('Give', () => value);
    const pause = flow.delay('Pause', [give], '1h');
    flow.action('Take', [give, pause], ([value]) => {
      got.push(value);
    });
  });
}

describe('a value over a restart', () => {
  const cyclic: { name: string; self?: unknown } = { name: 'me' };
  cyclic.self = cyclic;

  it.each<[string, unknown]>([
    ['an object', { a: [1, 'two', null], b: { c: true } }],
    ['undefined', undefined],
    ['NaN and -0', [Number.NaN, -0, Number.POSITIVE_INFINITY]],
    ['a Date', new Date(5)],
    ['a bigint', 2n ** 70n],
    ['a Map of Sets', new Map([['a', new Set([1, 2])]])],
    ['bytes', new Uint8Array([1, 2, 255])],
    ['something that refers to itself', cyclic],
    ['text of any kind', '\u0000 “ü” 🎉 </script>'],
  ])('is as it was: %s', async (_, value) => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const first = new MortalProcess(store, clock);
    first.start(giving(value), undefined);
    clock.setTimer(60_000, () => first.kill());
    await first.died;
    await first.bury();
    const second = new MortalProcess(store, clock);
    const got: unknown[] = [];
    const run = await resume(giving('never called', got), 'r', second.place);
    await run.finished;

    expect(got).toEqual([value]);
    expect(run.result('Give')?.outputs).toEqual(value);
  });

  it('is as it was: an error, with its code, its fields and its cause', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const first = new MortalProcess(store, clock);
    const cause = new Error('no route');
    const error = Object.assign(new TypeError('broken', { cause }), {
      code: 'HTTP_503',
      status: 503,
    });
    first.start(giving({ error }), undefined);
    clock.setTimer(60_000, () => first.kill());
    await first.died;
    await first.bury();
    const second = new MortalProcess(store, clock);
    const got: { error: Error }[] = [];
    await (await resume(giving(0, got), 'r', second.place)).finished;

    const [{ error: revived } = { error: undefined }] = got;
    expect(revived).toBeInstanceOf(Error);
    expect(revived).toMatchObject({ message: 'broken', code: 'HTTP_503', status: 503 });
    expect(revived?.cause).toMatchObject({ message: 'no route' });
  });
});

describe('a value that cannot be kept', () => {
  it.each<[string, unknown, string]>([
    ['a function', { rows: [{ run: () => 1 }] }, '.rows[0].run'],
    ['a promise', { later: Promise.resolve(1) }, '.later'],
    ['an instance of a class', [new (class Order {})()], '[0]'],
    ['a symbol', { kind: Symbol('x') }, '.kind'],
  ])('fails its action, with its place: %s', async (_, value, place) => {
    const run = start(giving(value), undefined, { store: memoryRunStore() });
    const { status, results } = await run.finished;

    expect(status).toBe('Failed');
    expect(results[0]).toMatchObject({ status: 'Failed', code: 'VALUE_NOT_STORABLE' });
    expect(results[0]?.error?.message).toContain(place);
    expect(results[0]?.error?.message).toContain('The output of "Give"');
    expect(results[0]?.error?.cause).toBeInstanceOf(NotStorableError);
    expect(results[1]?.status, 'nothing runs after it').toBe('Skipped');
  });

  it('does no harm without a store', async () => {
    const got: unknown[] = [];
    const value = { run: () => 1 };
    const clock = virtualClock({ autoAdvance: true });
    await start(giving(value, got), undefined, { clock }).finished;

    expect(got[0]).toBe(value);
  });

  it('as an input is thrown by start, and leaves no run behind', async () => {
    const store = memoryRunStore();
    const flow = workflow('Input', (flow: Flow<unknown>) => flow.action('One', () => 1));

    expect(() => start(flow, { when: () => 1 }, { store, runId: 'r' })).toThrow(NotStorableError);
    expect(await store.readRun('r')).toBeUndefined();
  });

  it('among the items of a loop fails the loop', async () => {
    const flow = workflow('Loop', (flow) => {
      flow.forEach(
        'Items',
        [],
        () => [{ n: 1 }, { n: () => 2 }],
        (each) => {
          each.action('Work', () => 1);
        },
      );
    });
    const { results } = await start(flow, undefined, { store: memoryRunStore() }).finished;

    expect(results[0]).toMatchObject({ status: 'Failed', code: 'VALUE_NOT_STORABLE' });
    expect(results[0]?.error?.message).toContain('.n');
  });

  it('as the state of an until, or the input of a child workflow, fails what it is for', async () => {
    const child = workflow('Child', (flow: Flow<unknown>) => flow.action('One', () => 1));
    const flow = workflow('Both', (flow) => {
      flow.until(
        'Until',
        [],
        (): unknown => () => 1,
        (round) => round.action('One', () => 1),
        () => true,
      );
      flow.child('Child', [], child, () => ({ later: Promise.resolve() }));
    });
    const { results } = await start(flow, undefined, { store: memoryRunStore() }).finished;

    expect(results).toMatchObject([
      { status: 'Failed', code: 'VALUE_NOT_STORABLE' },
      { status: 'Failed', code: 'VALUE_NOT_STORABLE' },
    ]);
  });

  it('as a signal is thrown by signal', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const flow = workflow('Wait', (flow) => flow.waitFor('Wait', [], event('go')));
    const run = start(flow, undefined, { store, clock, runId: 'r' });
    await clock.advance(0);

    await expect(signal(store, 'r', 'go', { f: () => 1 })).rejects.toBeInstanceOf(NotStorableError);
    await expect(run.signal('go', { f: () => 1 })).rejects.toBeInstanceOf(NotStorableError);
    run.cancel();
    expect((await run.finished).status).toBe('Cancelled');
  });
});

describe('a value that is too large', () => {
  it('fails its action with its size and the limit', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const options = { store: memoryRunStore({ clock }), clock, valueLimit: 1_000 };
    const { results } = await start(giving('x'.repeat(2_000)), undefined, options).finished;

    expect(results[0]).toMatchObject({ status: 'Failed', code: 'VALUE_TOO_LARGE' });
    expect(results[0]?.error?.message).toMatch(/2004 bytes.*limit is 1000/);
    const small = await start(giving('x'.repeat(900)), undefined, options).finished;
    expect(small.status).toBe('Succeeded');
  });

  it('can be trimmed with select', async () => {
    const flow = workflow('Trim', (flow) =>
      flow.action('Read', () => ({ id: 7, body: 'x'.repeat(2_000_000) }), {
        select: ({ id }) => id,
      }),
    );
    const { status } = await start(flow, undefined, { store: memoryRunStore() }).finished;

    expect(status).toBe('Succeeded');
  });

  it('as an input is thrown by start', () => {
    const flow = workflow('Input', (flow: Flow<string>) => flow.action('One', () => 1));

    expect(() => start(flow, 'x'.repeat(2_000_000), { store: memoryRunStore() })).toThrow(
      expect.objectContaining({ code: 'VALUE_TOO_LARGE' }),
    );
  });
});
