/** Mishaps happen when their share of the work is done, and whoever hangs is noticed. */
import { seededRandom, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { goThrough, type Ordeal, scatter } from './mishaps.ts';

/** A crew of no processes, whose progress a test decides. */
function crewOf() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { done: 0, finished: promise, finish: resolve, fail: reject };
}

function ordeal(changed: Partial<Ordeal>) {
  const clock = virtualClock();
  const { signal } = new AbortController();
  return { mishaps: [], total: 100, onProgress: () => {}, signal, clock, ...changed };
}

describe('a mishap', () => {
  it('happens when its share of the work is done, and once', async () => {
    const crew = crewOf();
    const struck: number[] = [];
    const mishaps = [0.5, 0.2].map((at) => ({ at, strike: () => struck.push(at) > 0 }));
    const clock = virtualClock();
    const end = goThrough(crew, ordeal({ mishaps, clock }));
    await clock.advance(50);
    expect(struck).toEqual([]);
    crew.done = 20;
    await clock.advance(50);
    expect(struck).toEqual([0.2]);
    crew.done = 80;
    await clock.advance(50);
    expect(struck).toEqual([0.2, 0.5]);
    crew.finish();
    await end;
  });

  it('that is not possible at the moment is tried again', async () => {
    const crew = crewOf();
    let isPossible = false;
    let tries = 0;
    const strike = () => {
      tries++;
      return isPossible;
    };
    const clock = virtualClock();
    const end = goThrough(crew, ordeal({ mishaps: [{ at: 0, strike }], clock }));
    await clock.advance(20);
    expect(tries).toBeGreaterThan(2);
    isPossible = true;
    await clock.advance(10);
    const enough = tries;
    await clock.advance(50);
    expect(tries).toBe(enough);
    crew.finish();
    await end;
  });

  it('is planned at the same moment by the same seed, while all are at work', () => {
    const plan = (seed: number) => scatter(50, seededRandom(seed), () => true).map(({ at }) => at);
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
    expect(Math.min(...plan(1))).toBeGreaterThan(0);
    expect(Math.max(...plan(1))).toBeLessThan(1);
  });
});

describe('an ordeal', () => {
  it('that hangs for a minute is a failure, which says where', async () => {
    const crew = crewOf();
    const clock = virtualClock();
    const end = goThrough(crew, ordeal({ clock }));
    const failed = expect(end).rejects.toThrow('Nothing was done for 60 s, at 30 of 100.');
    crew.done = 30;
    await clock.advance('61s');
    await failed;
  });

  it('tells how long nothing was done at most, without the start', async () => {
    const crew = crewOf();
    const clock = virtualClock();
    const end = goThrough(crew, ordeal({ clock }));
    await clock.advance('9s');
    crew.done = 30;
    await clock.advance('4s');
    crew.done = 60;
    await clock.advance('1s');
    crew.done = 100;
    crew.finish();
    const longestPause = await end;
    expect(longestPause).toBeGreaterThan(3_900);
    expect(longestPause).toBeLessThan(4_100);
  });

  it('ends when a worker fails, or when it is interrupted', async () => {
    const crew = crewOf();
    const end = goThrough(crew, ordeal({}));
    crew.fail(new Error('the disk is full'));
    await expect(end).rejects.toThrow('the disk is full');
    const interrupted = goThrough(crewOf(), ordeal({ signal: AbortSignal.abort(new Error('no')) }));
    await expect(interrupted).rejects.toThrow('no');
  });
});
