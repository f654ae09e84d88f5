/**
 * Every order in which requests and replies can pass each other: after each step, whoever believes to hold the
 * name is alone, and in the end nothing is left.
 */
import { virtualClock } from '@runafter/clock';
import { exploreSchedule } from '@runafter/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Lease,
  type LeaseDriver,
  type Lock,
  leaseLock,
  leaseSemaphore,
  type SemaphorePermit,
} from '../src/index.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';

expectNothingEscapes();

/** A driver whose requests and replies each wait for their turn in the schedule. */
function scheduled(
  scheduler: fc.Scheduler,
  leases: MemoryLeases,
  queues: boolean,
): LeaseDriver & { underWay: number; watches: number } {
  const travel = async <T>(label: string, carryOut: () => Promise<T>): Promise<T> => {
    driver.underWay++;
    await scheduler.schedule(Promise.resolve(), `${label} goes`);
    const reply = await carryOut();
    await scheduler.schedule(Promise.resolve(), `${label} comes back`);
    driver.underWay--;
    return reply;
  };
  const driver: LeaseDriver & { underWay: number; watches: number } = {
    name: 'leases',
    underWay: 0,
    watches: 0,
    queues,
    acquire: (request) => travel('acquire', () => leases.acquire(request)),
    renew: (request, ttl) => travel('renew', () => leases.renew(request, ttl)),
    release: (request) => travel('release', () => leases.release(request)),
    watch(request, wake) {
      const tell = () => void scheduler.schedule(Promise.resolve(), 'wake').then(wake);
      const watch = leases.watch(request, tell);
      driver.watches++;
      const stop = () => {
        driver.watches--;
        watch.stop();
      };
      return { hears: true, stop };
    },
    close: async () => {},
  };
  return driver;
}

const call = fc.record({
  process: fc.nat({ max: 1 }),
  how: fc.constantFrom('wait', 'try'),
  beginAt: fc.nat({ max: 8 }),
  abortAt: fc.option(fc.nat({ max: 25 }), { nil: undefined }),
  holdFor: fc.nat({ max: 3 }),
});

const calls = fc.array(call, { minLength: 1, maxLength: 6 });

class Scene {
  readonly clock = virtualClock();
  readonly held = new Set<Lease>();
  readonly outcomes = new Map<string, number>();
  readonly drivers: ReturnType<typeof scheduled>[];
  readonly locks: Lock[];
  readonly leases: MemoryLeases;
  readonly #scheduler: fc.Scheduler;
  #newest = 0n;

  constructor(scheduler: fc.Scheduler, queues: boolean) {
    this.#scheduler = scheduler;
    this.leases = new MemoryLeases('leases', 1, this.clock);
    this.drivers = [0, 1].map(() => scheduled(scheduler, this.leases, queues));
    this.locks = this.drivers.map((driver) =>
      leaseLock(driver, { clock: this.clock, random: () => 0.5 }),
    );
  }

  async use(
    { process, how, holdFor }: { process: number; how: string; holdFor: number },
    signal: AbortSignal,
  ): Promise<void> {
    const lock = this.locks[process] ?? expect.unreachable();
    try {
      const lease = await (how === 'try'
        ? lock.tryAcquire('name', { signal })
        : lock.acquire('name', { signal, wait: '1h' }));
      this.#count(lease === undefined ? 'busy' : 'held');
      if (lease === undefined) return;
      expect(lease.token, 'tokens only grow').toBeGreaterThan(this.#newest);
      this.#newest = lease.token;
      this.held.add(lease);
      for (let part = 0; part < holdFor; part++) {
        await this.#scheduler.schedule(Promise.resolve(), 'work');
      }
      lease.assertHeld();
      this.held.delete(lease);
      await lease.release();
    } catch (error) {
      if (error !== 'enough') throw error;
      this.#count('aborted');
    }
  }

  #count(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

describe.each([
  ['with a line', true],
  ['without a line', false],
])('a lock on a backend %s', (_, queues) => {
  it('has one holder at a time, and leaves nothing, in every order of requests and replies', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), calls, async (scheduler, plan) => {
        const scene = new Scene(scheduler, queues);
        const { clock } = scene;
        const running: Promise<void>[] = [];
        const aborts = plan.map(() => new AbortController());
        const begun = new Set<number>();
        let ended = 0;
        let last = 0;
        const lookAt = async (step: number) => {
          last = step;
          for (const [index, one] of plan.entries()) {
            if (one.beginAt <= step && !begun.has(index)) {
              begun.add(index);
              const signal = aborts[index]?.signal ?? expect.unreachable();
              running.push(scene.use(one, signal).finally(() => ended++));
            }
            if (one.abortAt === step) aborts[index]?.abort('enough');
          }
          expect(scene.held.size, 'holders').toBeLessThanOrEqual(1);
        };
        let offset = 0;
        // What only waits for the clock comes to rest; then the clock moves on, and so does the schedule.
        for (let round = 0; round < 200 && ended < plan.length; round++) {
          await exploreSchedule(scheduler, { atRest: (step) => lookAt(offset + step) });
          offset = last + 1;
          await clock.advance(250);
        }
        expect(ended, 'calls that have ended').toBe(plan.length);
        await Promise.all(running);
        const closing = Promise.all(scene.locks.map((lock) => lock.close()));
        await exploreSchedule(scheduler);
        await closing;
        expect(clock.pending, 'timers left').toBe(0);
        for (const { underWay, watches } of scene.drivers)
          expect([underWay, watches]).toEqual([0, 0]);
        const last_ = { name: 'name', owner: 'last', ttl: 1_000, weight: 1, place: undefined };
        expect(await scene.leases.acquire(last_), 'free').toMatchObject({ granted: true });
        for (const [what, times] of scene.outcomes) seen.set(what, (seen.get(what) ?? 0) + times);
      }),
      { numRuns: 100 },
    );
    for (const outcome of ['held', 'busy', 'aborted']) {
      expect(seen.get(outcome), outcome).toBeGreaterThan(20);
    }
  });
});

describe('a semaphore', () => {
  it('never grants more than it has, and hands on what aborted waiters leave', async () => {
    const waiter = fc.record({
      weight: fc.integer({ min: 1, max: 3 }),
      abortAt: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(waiter, { minLength: 2, maxLength: 6 }),
        async (scheduler, waiters) => {
          const clock = virtualClock();
          const leases = new MemoryLeases('leases', 3, clock);
          const driver = scheduled(scheduler, leases, true);
          const semaphore = leaseSemaphore(() => driver, { clock, permits: 3, random: () => 0.5 });
          const held = new Set<SemaphorePermit>();
          let ended = 0;
          const aborts = waiters.map(() => new AbortController());
          const running = waiters.map(async ({ weight }, index) => {
            const { signal } = aborts[index] ?? expect.unreachable();
            try {
              const permit = await semaphore.acquire('name', { weight, signal, wait: '1h' });
              held.add(permit);
              await scheduler.schedule(Promise.resolve(), 'work');
              held.delete(permit);
              await permit.release();
            } catch (error) {
              if (error !== 'enough') throw error;
            } finally {
              ended++;
            }
          });
          for (let round = 0; round < 100 && ended < waiters.length; round++) {
            await exploreSchedule(scheduler, {
              atRest(step) {
                let sum = 0;
                for (const { weight } of held) sum += weight;
                expect(sum).toBeLessThanOrEqual(3);
                if (round > 0) return;
                for (const [index, { abortAt }] of waiters.entries()) {
                  if (abortAt === step) aborts[index]?.abort('enough');
                }
              },
            });
            await clock.advance(250);
          }
          await Promise.all(running);
          const closing = semaphore.close();
          await exploreSchedule(scheduler);
          await closing;
          expect(clock.pending).toBe(0);
          expect([driver.underWay, driver.watches]).toEqual([0, 0]);
          const all = { name: 'name', owner: 'last', ttl: 1_000, weight: 3, place: undefined };
          expect(await leases.acquire(all)).toMatchObject({ granted: true });
        },
      ),
      { numRuns: 100 },
    );
  });
});
