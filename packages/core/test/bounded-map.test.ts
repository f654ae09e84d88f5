/**
 * A map with at most so many calls at once, or as many as an adaptive limiter says.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { BoundedMapError, type BoundedMapOptions, boundedMap } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { AtWork } from './engine/at-work.ts';
import { SettableLimiter } from './engine/settable-limiter.ts';

const items = [0, 1, 2, 3, 4, 5, 6, 7];

describe('a bounded map', () => {
  it('runs so many calls at once, and gives the results in the order of the items', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const atWork = new AtWork();
    const results = await boundedMap(items, { concurrency: 3 }, async (item) => {
      await atWork.on(clock, (8 - item) * 1_000);
      return item * 10;
    });

    expect(results).toEqual(items.map((item) => item * 10));
    expect(atWork.most).toBe(3);
  });

  it('starts nothing after a failure, and rejects with the first once what runs has settled', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const started: number[] = [];
    const mapped = boundedMap(items, { concurrency: 2 }, async (item) => {
      started.push(item);
      await clock.sleep((item + 1) * 1_000);
      throw new Error(`Item ${item} fails.`);
    });

    await expect(mapped).rejects.toThrow('Item 0 fails.');
    expect(started).toEqual([0, 1]);
    expect(clock.monotonic()).toBe(2_000);
  });

  it.each<[string, BoundedMapOptions, string[]]>([
    ['a concurrency of 0', { concurrency: 0 }, ['is 0', 'whole number', 'AdaptiveLimiter']],
    ['half a call', { concurrency: 2.5 }, ['is 2.5', 'whole number']],
    ['a text', { concurrency: '5' as never }, ['is "5"', 'adaptive(…)']],
    ['an object', { concurrency: {} as never }, ['is an object', 'onDegree()']],
  ])('refuses %s as concurrency', async (_, options, names) => {
    const error = await boundedMap(items, options, () => 1).catch((error: unknown) => error);

    expect(error).toBeInstanceOf(BoundedMapError);
    expect(error).toMatchObject({ code: 'BOUNDED_MAP_INVALID', argument: 'concurrency' });
    for (const name of names) expect((error as Error).message).toContain(name);
  });
});

describe('an adaptive bounded map', () => {
  it('follows the degree, in the same turn as it rises', async () => {
    const clock = virtualClock();
    const limiter = new SettableLimiter(2, 4);
    let started = 0;
    const mapped = boundedMap(items, { concurrency: limiter }, async (item) => {
      started++;
      await clock.sleep('10s');
      return item;
    });
    await clock.advance('1s');
    expect([started, limiter.active]).toEqual([2, 2]);

    limiter.degree = 9;
    await clock.advance('1s');
    expect([started, limiter.active]).toEqual([4, 4]);
    limiter.degree = 1;
    await clock.advance('8s');
    expect([started, limiter.active]).toEqual([4, 2]);
    await clock.advance('2s');
    expect([started, limiter.active]).toEqual([5, 1]);

    await clock.advance('1h');
    expect(await mapped).toEqual(items);
    expect(limiter).toMatchObject({ active: 0, waiting: 0, listeners: 0 });
  });

  it('tells the limiter what a call failed with, and leaves nobody waiting for a permit', async () => {
    const limiter = new SettableLimiter(3);
    const foreign = await limiter.acquire();
    const busy = Object.assign(new Error('Too many requests.'), { status: 429 });
    const called: number[] = [];
    const mapped = boundedMap(items, { concurrency: limiter }, (item) => {
      called.push(item);
      if (item === 1) throw busy;
      return item;
    });

    await expect(mapped).rejects.toBe(busy);
    foreign.release();
    expect(called).toEqual([0, 1]);
    // Of its one failure it hears once, also where somebody else had just got a permit.
    expect(limiter.heard.filter((error) => error === busy)).toHaveLength(1);
    expect(limiter).toMatchObject({ active: 0, waiting: 0, listeners: 0 });
  });

  it('that is aborted says so to the limiter, and rejects with the reason', async () => {
    const clock = virtualClock();
    const limiter = new SettableLimiter(2);
    const stop = new AbortController();
    const { signal } = stop;
    const mapped = boundedMap(items, { concurrency: limiter, signal }, async (item) => {
      await clock.sleep('10s', { signal }).catch(() => undefined);
      if (item === 0) throw new Error('It was closed.');
    });
    mapped.catch(() => undefined);
    await clock.advance('1s');
    const reason = new Error('Enough.');
    stop.abort(reason);

    await expect(mapped).rejects.toBe(reason);
    // What is returned counts as a success, whenever that is.
    expect(limiter.heard).toEqual([reason, undefined]);
    expect(limiter).toMatchObject({ active: 0, waiting: 0, listeners: 0 });
  });
});
