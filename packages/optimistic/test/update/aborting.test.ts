/** An update that is aborted ends at once, wherever it is, and everybody else is served. */
import { getEventListeners } from 'node:events';
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { update } from '../../src/index.ts';
import { type Fate, fates, type Network, notDone } from '../faulty-documents.ts';
import { gate, lists, type Names, rejectionOf } from './lists.ts';

const rest = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** What an update can be waiting for, and a network on which it waits for just that. */
const points: Record<string, { readonly network: Network; readonly stuck?: boolean }> = {
  'a read': { network: { travel: () => new Promise(() => {}) } },
  'a write': {
    network: { travel: ({ operation }) => new Promise((r) => operation === 'read' && r(0)) },
  },
  'its own change': { network: {}, stuck: true },
  'the next try after a read that failed': { network: { fateOf: () => notDone() } },
  'the next try after a write that failed': {
    network: { fateOf: fates('write', ...Array<Fate>(9).fill(notDone())) },
  },
  'the next sending of a write that was not answered': {
    network: { fateOf: fates('write', ...Array<Fate>(9).fill('request lost')) },
  },
};

describe('an update that is aborted', () => {
  it('before it begins sends nothing', async () => {
    const { add, backend } = lists();
    const reason = new Error('too late');
    await expect(add('a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(backend.requests).toBe(0);
  });

  it.each(Object.entries(points))('while it waits for %s ends at once', async (_, point) => {
    const clock = virtualClock();
    const { add, addElsewhere, store, options } = lists(point.network, clock);
    await addElsewhere('x');
    const controller = new AbortController();
    const { signal } = controller;
    const change = (names: Names = []) =>
      point.stuck ? new Promise<Names>(() => {}) : [...names, 'a'];
    const ending = rejectionOf(update(store, 'k', change, { ...options, signal }));
    await rest();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    controller.abort();
    expect(await ending).toBe(signal.reason);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await rest();
    expect(clock.pending).toBe(0);
    const queued = add('b', { timeout: 1 }).catch(() => {});
    await clock.advance(1);
    await queued;
  });

  it('while it waits behind another one lets that one go on', async () => {
    const { add, store, options, backend } = lists();
    const { open, opened } = gate();
    const slow = async (names: Names = []) => {
      await opened;
      return [...names, 'slow'];
    };
    const first = update(store, 'k', slow, options);
    await rest();
    const controller = new AbortController();
    const behind = rejectionOf(add('a', { signal: controller.signal }));
    const last = add('b');
    controller.abort();
    expect(await behind).toBe(controller.signal.reason);
    open();
    await Promise.all([first, last]);
    expect(backend.value('k')).toEqual(['slow', 'b']);
  });

  it('leaves a write to those that it shares it with', async () => {
    const { open, opened } = gate();
    const { add, backend } = lists({
      travel: async ({ operation }) => (operation === 'write' ? await opened : undefined),
    });
    const controller = new AbortController();
    const aborted = rejectionOf(add('a', { signal: controller.signal }));
    const shared = add('b');
    await rest();
    controller.abort();
    expect(await aborted).toBe(controller.signal.reason);
    open();
    expect(await shared).toMatchObject({ value: ['a', 'b'], combined: 2 });
    expect(backend.value('k')).toEqual(['a', 'b']);
  });

  it('in its own change is left out, and the others go on without it', async () => {
    const { add, store, options, backend } = lists();
    const controller = new AbortController();
    const stuck = rejectionOf(
      update(store, 'k', () => new Promise<never>(() => {}), {
        ...options,
        signal: controller.signal,
      }),
    );
    const others = [add('a'), add('b')];
    await rest();
    controller.abort();
    expect(await stuck).toBe(controller.signal.reason);
    expect((await Promise.all(others)).map(({ combined }) => combined)).toEqual([2, 2]);
    expect(backend.value('k')).toEqual(['a', 'b']);
  });

  it('leaves no listener on a signal that goes on, however it ends', async () => {
    const { signal } = new AbortController();
    const { add, store, options, clock } = lists({
      fateOf: fates('write', notDone(), 'reply lost'),
    });
    await add('a', { signal });
    await rejectionOf(
      update(store, 'k', () => Promise.reject(new Error('no')), { ...options, signal }),
    );
    const stuck = rejectionOf(
      update(store, 'k', () => new Promise<never>(() => {}), { ...options, signal, timeout: 5 }),
    );
    await clock.advance(5);
    await stuck;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
