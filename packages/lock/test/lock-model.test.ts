/**
 * Several processes that work under one lock, over a network that delays and loses, aborting at any time:
 * nobody works under an old token, everybody ends, and nothing is left.
 */
import { seededRandom, type VirtualClock, virtualClock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Lock, leaseLock } from '../src/index.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { fair, ShakyLeases, type Weather } from './shaky-leases.ts';

expectNothingEscapes();

const share = fc.constantFrom(0, 0.05, 0.2);
const storm: fc.Arbitrary<Weather> = fc.record({
  delay: fc.constantFrom(0, 1, 50, 300),
  lostRequests: share,
  lostReplies: share,
  slowReplies: share,
  hanging: share,
  lostWakes: fc.constantFrom(0, 0.5, 1),
});

const step = fc.record({
  how: fc.constantFrom('wait', 'try', 'both names'),
  name: fc.constantFrom('a', 'b'),
  pause: fc.constantFrom(0, 1, 40, 400),
  work: fc.constantFrom(0, 10, 500, 1_500),
  wait: fc.constantFrom(1, 300, 20_000),
  abortAfter: fc.option(fc.constantFrom(0, 1, 20, 200), { nil: undefined }),
  stall: fc.constantFrom(0, 0, 0, 700, 1_200),
});

const plan = fc.record({
  seed: fc.integer(),
  queues: fc.boolean(),
  processes: fc.array(fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  }),
});

type Plan = typeof plan extends fc.Arbitrary<infer P> ? P : never;
type Step = Plan['processes'][number][number][number];

/** What a caller may be told that did nothing wrong. */
const expected = ['LOCK_TIMEOUT', 'SERVICE_UNAVAILABLE', 'LEASE_LOST'];

class World {
  readonly clock: VirtualClock = virtualClock({ autoAdvance: true });
  readonly leases = new MemoryLeases('leases', 1, this.clock);
  readonly drivers: ShakyLeases[] = [];
  readonly wrongs: string[] = [];
  readonly seen = { worked: 0, lost: 0, aborted: 0, failed: 0 };
  readonly #newest = new Map<string, bigint>();

  async run({ seed, queues, processes }: Plan, weather: Weather): Promise<void> {
    const { clock } = this;
    await Promise.all(
      processes.map(async (tasks, index) => {
        const random = seededRandom(`${seed} ${index}`);
        const driver = new ShakyLeases(this.leases, weather, clock, random, queues);
        this.drivers.push(driver);
        const lock = leaseLock(driver, { clock, random, ttl: 1_000, poll: 200 });
        await Promise.all(tasks.map((steps) => this.#work(lock, steps)));
        await lock.close();
      }),
    );
    for (const { wrongs, underWay, watches } of this.drivers) {
      this.wrongs.push(...wrongs);
      if (underWay > 0) this.wrongs.push(`${underWay} requests are under way after close()`);
      if (watches > 0) this.wrongs.push(`${watches} watches are left`);
    }
  }

  async #work(lock: Lock, steps: readonly Step[]): Promise<void> {
    for (const { pause, abortAfter, ...rest } of steps) {
      await this.clock.sleep(pause);
      const abort = new AbortController();
      const cancel =
        abortAfter === undefined
          ? () => {}
          : this.clock.setTimer(abortAfter, () => abort.abort('enough'));
      try {
        await this.#step(lock, rest, abort.signal);
      } catch (error) {
        if (error === 'enough') this.seen.aborted++;
        else if (expected.some((code) => hasCode(error, code))) this.seen.failed++;
        else throw error;
      } finally {
        cancel();
      }
    }
  }

  async #step(
    lock: Lock,
    { how, name, work, wait, stall }: Omit<Step, 'pause' | 'abortAfter'>,
    signal: AbortSignal,
  ): Promise<void> {
    const since = this.clock.monotonic();
    if (how === 'both names') {
      await using group = await lock.acquireAll(['b', 'a'], { wait, signal });
      for (const lease of group.leases)
        this.#guarded(lease.name, lease.token, () => lease.assertHeld());
      return;
    }
    const asked =
      how === 'try' ? lock.tryAcquire(name, { signal }) : lock.acquire(name, { wait, signal });
    const noteTime = () => {
      const took = this.clock.monotonic() - since;
      if (how === 'wait' && took > wait) this.wrongs.push(`a wait of ${wait} ms took ${took} ms`);
    };
    asked.then(noteTime, noteTime);
    await using lease = await asked;
    if (lease === undefined) return;
    for (let part = 0; part < 4; part++) {
      this.#guarded(name, lease.token, () => lease.assertHeld());
      if (part === 2 && stall > 0) this.clock.suspend(stall);
      else await this.clock.sleep(work / 4);
    }
    this.seen.worked++;
  }

  /** A step that only the holder may take: by the tokens, nobody newer was at work before. */
  #guarded(name: string, token: bigint, assertHeld: () => void): void {
    try {
      assertHeld();
    } catch (error) {
      this.seen.lost++;
      throw error;
    }
    const newest = this.#newest.get(name) ?? 0n;
    if (token < newest) this.wrongs.push(`token ${token} worked on ${name} after ${newest}`);
    else this.#newest.set(name, token);
  }

  /** Whether both names are to be had at once. */
  async isFree(): Promise<boolean> {
    const request = { owner: 'last', ttl: 1_000, weight: 1, place: undefined };
    const a = await this.leases.acquire({ ...request, name: 'a' });
    const b = await this.leases.acquire({ ...request, name: 'b' });
    return a.granted && b.granted;
  }
}

describe('a lock under load', () => {
  it('leaves nothing behind when replies are only late', async () => {
    const seen = { worked: 0, aborted: 0 };
    await fc.assert(
      fc.asyncProperty(plan, async (sent) => {
        const world = new World();
        await world.run(sent, fair);
        expect(world.wrongs).toEqual([]);
        expect(await world.isFree(), 'all names are free at once').toBe(true);
        await world.clock.sleep(fair.delay); // wake-ups that are on their way when the last one ends
        expect(world.clock.pending, 'timers left').toBe(0);
        seen.worked += world.seen.worked;
        seen.aborted += world.seen.aborted;
      }),
      { numRuns: 150 },
    );
    expect(seen.worked).toBeGreaterThan(100);
    expect(seen.aborted).toBeGreaterThan(50);
  });

  it('lets nobody work under an old token, and everybody ends, whatever is lost', async () => {
    const seen = { worked: 0, aborted: 0, lost: 0, failed: 0 };
    await fc.assert(
      fc.asyncProperty(plan, storm, async (sent, weather) => {
        const world = new World();
        await world.run(sent, weather);
        expect(world.wrongs).toEqual([]);
        await world.clock.sleep('5s');
        expect(await world.isFree(), 'what was left has expired').toBe(true);
        expect(world.clock.pending, 'timers left').toBe(0);
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += world.seen[key];
      }),
      { numRuns: 250 },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(20);
  });
});
