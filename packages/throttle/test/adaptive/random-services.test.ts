/** Whatever a service does: nobody is lost, nothing goes out during a pause, and the work goes on. */
import { seededRandom } from '@runafter/clock';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DrivenController, type Service } from './driven-controller.ts';

interface Behaviour {
  readonly seed: number;
  /** Of each hundred calls. */
  readonly refused: number;
  readonly failed: number;
  readonly aborted: number;
  readonly latency: number;
  readonly retryAfter: number | undefined;
  readonly slope: number;
}

function randomly(behaviour: Behaviour): Service {
  const { seed, refused, failed, aborted, latency, retryAfter, slope } = behaviour;
  const random = seededRandom(seed);
  return (_, inService) => {
    const lot = 100 * random();
    const time = latency * (0.5 + random()) * (1 + slope * inService);
    if (lot < refused) {
      return {
        outcome: 'throttled',
        latency: time,
        retryAfter: retryAfter && random() * retryAfter,
      };
    }
    if (lot < refused + failed) return { outcome: 'failed', latency: time };
    if (lot < refused + failed + aborted) return { outcome: 'aborted', latency: time };
    return { outcome: 'ok', latency: time };
  };
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  seed: fc.nat(),
  refused: fc.oneof(fc.constant(0), fc.constant(100), fc.nat(100)),
  failed: fc.nat(30),
  aborted: fc.nat(30),
  latency: fc.integer({ min: 50, max: 5_000 }),
  retryAfter: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
  slope: fc.constantFrom(0, 0.05, 1),
});

const bounds = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.nat(20), fc.nat(20))
  .map(([min, more, most]) => ({ min, start: min + more, max: min + more + most }));

it('goes on, never with more than it may, and comes back when the service does', () => {
  fc.assert(
    fc.property(bounds, behaviour, (options, first) => {
      let service = randomly(first);
      const driven = new DrivenController((now, inService) => service(now, inService), options);
      // At most so many calls that the slowest test is quick, and at least some.
      const phase = Math.max(20_000, Math.min(600_000, 20 * first.latency));
      driven.runTo(phase);
      service = () => ({ outcome: 'ok', latency: 1_000 });
      const { ok } = driven;
      driven.runTo(phase + 900_000);
      // At one call at a time, the fewest that there may be, a third of what there is time for.
      expect(driven.ok - ok).toBeGreaterThan(300);
      expect(driven.controller.inFlight).toBeLessThanOrEqual(options.max);
      expect(driven.controller.degree).toBeGreaterThanOrEqual(options.min);
    }),
    { numRuns: 20 },
  );
});
