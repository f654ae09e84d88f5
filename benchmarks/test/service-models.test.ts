/**
 * The adaptive limiter on the seven services: a small part of the benchmark, with bounds that leave room. Nothing
 * of it depends on the machine: the time is virtual, and the seeds are always the same.
 */
import { describe, expect, it } from 'vitest';
import { figuresOf } from '../src/throttle/service-models/figures.ts';
import { services } from '../src/throttle/service-models/services.ts';
import { simulate } from '../src/throttle/service-models/simulation.ts';
import { adaptiveController } from '../src/throttle/service-models/strategies/adaptive-controller.ts';
import { fixedDegree } from '../src/throttle/service-models/strategies/fixed-degree.ts';

/** The best fixed degree of each, as `npm run bench -- throttle` finds it. */
const bestDegrees = [7, 50, 8, 10, 25, 10, 5];

describe.each(services.map((model, n) => ({ model, degree: bestDegrees[n] ?? 1 })))(
  '$model.name',
  ({ model, degree }) => {
    const job = { items: 1_000, seeds: 3 };

    it('is hardly slower with the adaptive limiter than with the best fixed degree', () => {
      const best = figuresOf(model, fixedDegree(degree), job);
      const ours = figuresOf(model, adaptiveController(), job);
      expect(ours.time / best.time).toBeLessThan(1.2);
      expect(ours.throttled).toBeLessThan(0.025);
    });
  },
);

describe('the simulation', () => {
  const [bucket, , slots] = services;
  if (bucket === undefined || slots === undefined) throw new Error('There are no services.');

  it('gives the same result for the same seed, and another for another', () => {
    const run = (seed: number) => simulate(bucket, fixedDegree(8), { items: 200, seed });
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it('takes as long as the service needs', () => {
    const one = simulate(slots, fixedDegree(1), { items: 1_000, seed: 1 });
    expect(one.time / 500_000).toBeCloseTo(1, 1);
    const eight = simulate(slots, fixedDegree(8), { items: 1_000, seed: 1 });
    expect(one.time / eight.time).toBeCloseTo(8, 0);
    const fifty = simulate(slots, fixedDegree(50), { items: 1_000, seed: 1 });
    expect(fifty.time / eight.time).toBeCloseTo(1, 1);
  });

  it('has workers that sleep for as long as they are told to', () => {
    const { time, throttled } = simulate(bucket, fixedDegree(50), { items: 1_000, seed: 1 });
    expect(time).toBeGreaterThan(94_000);
    expect(throttled).toBeGreaterThan(0.5);
  });
});
