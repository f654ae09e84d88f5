/**
 * Sharded counters of several processes with different numbers of shards, in random orders, over a network
 * that loses requests and replies, while the shards grow, the counter is reset, and ids expire.
 */
import { seededRandom, virtualClock } from '@runafter/clock';
import { hasCode, ServiceUnavailableError } from '@runafter/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardedCounter } from '../src/index.ts';
import { Documents, type Fate } from './shaky-documents.ts';

const scenario = fc.record({
  seed: fc.nat(),
  shards: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  additions: fc.integer({ min: 1, max: 12 }),
  ids: fc.integer({ min: 1, max: 8 }),
  resets: fc.integer({ min: 0, max: 2 }),
  faults: fc.constantFrom(0, 0.1, 0.3),
});

describe('a sharded counter of several processes', () => {
  it('counts each id once and loses nothing, while shards grow and it is reset', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ seed, shards, additions, ids, resets, faults }) => {
        const random = seededRandom(seed);
        const below = (n: number) => Math.floor(random() * n);
        const clock = virtualClock({ autoAdvance: true });
        const documents = new Documents();
        const fateOf = (): Fate => {
          if (random() >= faults) return 'done';
          const notDone = new ServiceUnavailableError('Shaky documents', 'not-done');
          return (['reply lost', 'request lost', notDone] as const)[below(3)] ?? 'done';
        };
        const travel = () => clock.sleep(below(20));
        const counters = shards.map((count) =>
          shardedCounter(documents.store({ travel, fateOf }), {
            shards: count,
            clock,
            update: { random, timeout: '10m', maxAttempts: 1_000 },
          }),
        );
        const counted = new Set<string>();
        let plain = 0;
        let taken = 0n;
        let lost = 0;
        const work = counters.flatMap((counter) =>
          Array.from({ length: additions }, async () => {
            await clock.sleep(below(400));
            if (random() < 0.7) {
              const once = `id ${below(ids)}`;
              counted.add(once);
              await counter.add('n', 1, { once });
            } else {
              try {
                await counter.add('n', 1);
                plain++;
              } catch (error) {
                if (!hasCode(error, 'OUTCOME_UNKNOWN')) throw error;
                lost++;
              }
            }
          }),
        );
        const resetting = Array.from({ length: faults === 0 ? resets : 0 }, async () => {
          await clock.sleep(below(400));
          const value = (await counters[below(counters.length)]?.reset('n')) ?? 0n;
          taken += value;
        });
        await Promise.all([...work, ...resetting]);
        const reader = shardedCounter(documents.store());
        const sum = Number((await reader.read('n')) + taken);
        expect(sum).toBeGreaterThanOrEqual(counted.size + plain);
        expect(sum).toBeLessThanOrEqual(counted.size + plain + lost);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('keeps ids as long as it says, in whatever order time passes and shards grow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            shards: fc.integer({ min: 1, max: 4 }),
            id: fc.integer({ min: 0, max: 3 }),
            pause: fc.constantFrom(0, 1, 499, 500, 3_000, 7_999, 8_000, 8_500, 20_000),
          }),
          { maxLength: 25 },
        ),
        async (steps) => {
          const clock = virtualClock();
          const store = new Documents().store();
          const countedAt = new Map<number, number>();
          let least = 0;
          let most = 0;
          for (const { shards, id, pause } of steps) {
            const counter = shardedCounter(store, { shards, clock, keepIds: '8s' });
            const before = await counter.read('n');
            await counter.add('n', 1, { once: String(id) });
            const isCounted = (await counter.read('n')) > before;
            const age = clock.now() - (countedAt.get(id) ?? Number.NEGATIVE_INFINITY);
            if (age < 8_000) expect(isCounted, `kept for ${age} ms`).toBe(false);
            if (age > 8_500) expect(isCounted, `kept for ${age} ms`).toBe(true);
            if (isCounted) countedAt.set(id, clock.now());
            least += Number(age > 8_500);
            most += Number(age >= 8_000);
            await clock.advance(pause);
          }
          const sum = Number(await shardedCounter(store).read('n'));
          expect(sum).toBeGreaterThanOrEqual(least);
          expect(sum).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 100 },
    );
  }, 60_000);
});
