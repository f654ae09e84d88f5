/**
 * Several processes that claim from one pool, over a network that delays, loses and repeats, aborting at any time:
 * no resource has two holders, an operation has one resource, everybody ends, and nothing is left.
 */
import { seededRandom, virtualClock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  documentPools,
  memoryPools,
  type Pool,
  type PoolDocument,
  type PoolStore,
  pool,
  type ResourceLease,
} from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { Documents, shakyDocuments } from './shaky-documents.ts';
import { ShakyPools } from './shaky-pools.ts';
import { fair, Network, type Weather } from './weather.ts';

expectNothingEscapes();

const share = fc.constantFrom(0, 0.05, 0.2);
const storm: fc.Arbitrary<Weather> = fc.record({
  delay: fc.constantFrom(0, 1, 50, 300),
  lostRequests: share,
  lateRequests: share,
  lostReplies: share,
  slowReplies: share,
  hanging: fc.constantFrom(0, 0.05),
});

const step = fc.record({
  how: fc.constantFrom('lease', 'try lease', 'assign', 'try assign', 'release', 'add', 'withdraw'),
  once: fc.constantFrom('a', 'b', 'c', 'd'),
  pause: fc.constantFrom(0, 1, 40, 400),
  work: fc.constantFrom(0, 10, 500, 1_500),
  wait: fc.constantFrom(1, 300, 10_000),
  abortAfter: fc.option(fc.constantFrom(0, 1, 20, 200), { nil: undefined, freq: 2 }),
  stall: fc.constantFrom(0, 0, 0, 700, 1_200),
});

const plan = fc.record({
  seed: fc.integer(),
  kind: fc.constantFrom('memory with a line', 'memory without a line', 'documents'),
  processes: fc.array(fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 3,
  }),
});

type Plan = typeof plan extends fc.Arbitrary<infer P> ? P : never;
type Step = Plan['processes'][number][number][number];

const ids = ['r1', 'r2'];

/** What a caller may be told that did nothing wrong. */
const expected = ['POOL_EMPTY', 'SERVICE_UNAVAILABLE', 'LEASE_LOST', 'CLAIM_RETIRED'];

class World {
  readonly clock = virtualClock({ autoAdvance: true });
  readonly wrongs: string[] = [];
  readonly seen = { leased: 0, assigned: 0, empty: 0, aborted: 0, lost: 0, retired: 0 };
  readonly #memory = memoryPools({ clock: this.clock });
  readonly #documents = new Documents();
  readonly #newest = new Map<string, bigint>();
  readonly #leases = new Set<ResourceLease<string>>();
  /** What each operation was given. */
  readonly #given = new Map<string, string>();
  /** Operations whose release was begun; and of which it has ended. */
  readonly #releasing = new Set<string>();
  readonly #released = new Set<string>();

  async run({ seed, kind, processes }: Plan, weather: Weather): Promise<void> {
    const { clock } = this;
    // Who stands still finds that a grant has ended when it arrives.
    const stalls = processes.flat(2).some(({ stall }) => stall > 0);
    const mustAnswer = weather === fair && !stalls;
    await Promise.all(
      processes.map(async (tasks, index) => {
        const random = seededRandom(`${seed} ${index}`);
        const network = new Network(weather, clock, random);
        const store = this.#storeOf(kind, network);
        const claims = pool(store, 'pool', ids, { clock, random, ttl: 1_000, poll: 200 });
        await Promise.all(tasks.map((steps) => this.#work(claims, steps, mustAnswer)));
        await claims.close();
        const { watches = 0 } = store as { watches?: number };
        if (watches > 0) this.wrongs.push(`${watches} watches are left`);
      }),
    );
  }

  #storeOf(kind: string, network: Network): PoolStore {
    if (kind !== 'documents')
      return new ShakyPools(this.#memory, network, kind.includes('with a line'));
    const documents = shakyDocuments<PoolDocument>(this.#documents, network);
    return documentPools(documents, { clock: this.clock });
  }

  async #work(claims: Pool<string>, steps: readonly Step[], mustAnswer: boolean): Promise<void> {
    for (const { pause, abortAfter, ...rest } of steps) {
      await this.clock.sleep(pause);
      const abort = new AbortController();
      const cancel =
        abortAfter === undefined
          ? () => {}
          : this.clock.setTimer(abortAfter, () => abort.abort('enough'));
      try {
        await this.#step(claims, rest, abort.signal);
      } catch (error) {
        if (error === 'enough') this.seen.aborted++;
        else if (!expected.some((code) => hasCode(error, code))) throw error;
        if (hasCode(error, 'POOL_EMPTY')) this.seen.empty++;
        if (hasCode(error, 'LEASE_LOST')) this.seen.lost++;
        if (hasCode(error, 'CLAIM_RETIRED')) this.seen.retired++;
        if (mustAnswer && rest.wait > 1_000 && hasCode(error, 'SERVICE_UNAVAILABLE')) {
          this.wrongs.push(String(error));
        }
        const mayBeRetired = this.#releasing.has(rest.once);
        if (hasCode(error, 'CLAIM_RETIRED') && !mayBeRetired) {
          this.wrongs.push(`${rest.once} was never released, and is refused`);
        }
      } finally {
        cancel();
      }
    }
  }

  async #step(
    claims: Pool<string>,
    { how, once, work, wait, stall }: Omit<Step, 'pause' | 'abortAfter'>,
    signal: AbortSignal,
  ): Promise<void> {
    switch (how) {
      case 'lease':
        return await this.#hold(await claims.claim({ mode: 'lease', wait, signal }), work, stall);
      case 'try lease':
        return await this.#hold(await claims.tryClaim({ mode: 'lease', signal }), work, stall);
      case 'release':
        this.#releasing.add(once);
        await claims.release(once, { signal });
        this.#released.add(once);
        return;
      case 'add':
        return await claims.add([ids[work % 3] ?? 'r2'], { signal });
      case 'withdraw':
        return await claims.withdraw([ids[work % 3] ?? 'r2'], { signal });
      default:
        return await this.#assign(claims, how, once, wait, signal);
    }
  }

  async #assign(
    claims: Pool<string>,
    how: string,
    once: string,
    wait: number,
    signal: AbortSignal,
  ): Promise<void> {
    const wasReleased = this.#released.has(once);
    const before = this.#given.get(once);
    const isHeld = before !== undefined && !this.#releasing.has(once);
    const given =
      how === 'assign'
        ? await claims.claim({ mode: 'assign', once, wait, signal })
        : await claims.tryClaim({ mode: 'assign', once, signal });
    if (isHeld && given?.resource !== before && !this.#releasing.has(once)) {
      this.wrongs.push(`${once} had ${before}, and is given ${given?.resource} now`);
    }
    if (given === undefined) return;
    this.seen.assigned++;
    const { resource, token } = given;
    if (wasReleased) this.wrongs.push(`${once} was released, and is given ${resource}`);
    // Else it may have been given back while the reply was on its way.
    if (!this.#releasing.has(once)) this.#note(resource, token);
    this.#given.set(once, resource);
    for (const [other, theirs] of this.#given) {
      const isTheirs = theirs === resource && !this.#releasing.has(other);
      if (other !== once && isTheirs && !this.#releasing.has(once)) {
        this.wrongs.push(`${resource} is assigned to ${other} and ${once}`);
      }
    }
  }

  async #hold(
    lease: ResourceLease<string> | undefined,
    work: number,
    stall: number,
  ): Promise<void> {
    if (lease === undefined) return;
    this.seen.leased++;
    this.#leases.add(lease);
    try {
      for (let part = 0; part < 4; part++) {
        lease.assertHeld();
        this.#note(lease.resource, lease.token);
        for (const other of this.#leases) {
          if (other !== lease && other.resource === lease.resource && !other.signal.aborted) {
            this.wrongs.push(`${lease.resource} is leased twice`);
          }
        }
        if (part === 2 && stall > 0) this.clock.suspend(stall);
        else await this.clock.sleep(work / 4);
      }
    } finally {
      this.#leases.delete(lease);
      await lease.release();
    }
  }

  /** Nobody newer has been at work with it. */
  #note(resource: string, token: bigint): void {
    const newest = this.#newest.get(resource) ?? 0n;
    if (token < newest) this.wrongs.push(`token ${token} of ${resource} comes after ${newest}`);
    else this.#newest.set(resource, token);
  }

  /** Gives back what operations have, and says what is not free then. */
  async whatIsLeft(kind: string): Promise<unknown[]> {
    const calm = new Network({ ...fair, delay: 0 }, this.clock, () => 0.5);
    const claims = pool(this.#storeOf(kind, calm), 'pool', ids, { clock: this.clock });
    for (const once of ['a', 'b', 'c', 'd']) await claims.release(once);
    await claims.inspect();
    await this.clock.sleep(kind === 'documents' ? '2s' : 0);
    const entries = await claims.inspect();
    await claims.close();
    return entries.filter(({ claim }) => claim !== undefined);
  }
}

describe('a pool under load', () => {
  it('leaves nothing behind when replies are only late', async () => {
    const seen = { leased: 0, assigned: 0, empty: 0, aborted: 0, retired: 0 };
    await fc.assert(
      fc.asyncProperty(plan, async (sent) => {
        const world = new World();
        await world.run(sent, fair);
        expect(world.wrongs).toEqual([]);
        expect(await world.whatIsLeft(sent.kind)).toEqual([]);
        await world.clock.sleep('1m'); // what is on its way, such as the second look of an update
        expect(world.clock.pending, 'timers left').toBe(0);
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += world.seen[key];
      }),
      { numRuns: 60 },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
  });

  it('gives nothing to two, and everybody ends, whatever is lost', async () => {
    const seen = { leased: 0, assigned: 0, empty: 0, aborted: 0, retired: 0, lost: 0 };
    await fc.assert(
      fc.asyncProperty(plan, storm, async (sent, weather) => {
        const world = new World();
        await world.run(sent, weather);
        expect(world.wrongs).toEqual([]);
        await world.clock.sleep('2m'); // late requests arrive, and what they lease expires
        expect(await world.whatIsLeft(sent.kind), 'what was left has expired').toEqual([]);
        await world.clock.sleep('1m');
        expect(world.clock.pending, 'timers left').toBe(0);
        for (const key of Object.keys(seen) as (keyof typeof seen)[]) seen[key] += world.seen[key];
      }),
      { numRuns: 120 },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
  });
});
