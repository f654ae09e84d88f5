import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exploreSchedule } from '../src/index.ts';

describe('exploreSchedule', () => {
  it('releases everything, also what the released promises set off', async () => {
    const scheduler = fc.schedulerFor([1, 2, 3]);
    const seen: string[] = [];
    const chain = async (name: string, next?: () => Promise<void>) => {
      await scheduler.schedule(Promise.resolve());
      seen.push(name);
      await next?.();
    };
    const all = chain('first', () => chain('second', () => chain('third')));

    const steps = await exploreSchedule(scheduler);

    await all;
    expect(steps).toBe(3);
    expect(seen).toEqual(['first', 'second', 'third']);
  });

  it('looks before the first step and after each one, when chains have run to their end', async () => {
    const scheduler = fc.schedulerFor([2, 1]);
    let ended = 0;
    const work = async () => {
      await scheduler.schedule(Promise.resolve());
      for (let hop = 0; hop < 100; hop++) await undefined;
      ended++;
    };
    const all = Promise.all([work(), work()]);
    const seen: [number, number][] = [];

    await exploreSchedule(scheduler, { atRest: (step) => void seen.push([step, ended]) });

    await all;
    expect(seen).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it('ends with what the check throws', async () => {
    const scheduler = fc.schedulerFor([1]);
    const work = scheduler.schedule(Promise.resolve());
    const found = new Error('three at once');

    const exploration = exploreSchedule(scheduler, {
      atRest: (step) => {
        if (step === 1) throw found;
      },
    });

    await expect(exploration).rejects.toBe(found);
    await work;
  });

  it('finds an order that breaks a check, among the orders that fast-check tries', async () => {
    const lostUpdate = fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      let counter = 0;
      const increment = async () => {
        const read = counter;
        await scheduler.schedule(Promise.resolve());
        counter = read + 1;
      };
      const all = Promise.all([increment(), scheduler.schedule(Promise.resolve()).then(increment)]);
      await exploreSchedule(scheduler);
      await all;
      return counter === 2;
    });

    const { failed } = await fc.check(lostUpdate, { seed: 1 });

    expect(failed).toBe(true);
  });
});
