/**
 * Many who want the same created, on several machines that stall and die, over a network that loses: one record is
 * ever handed out, and everybody who lives ends.
 */
import { seededRandom, virtualClock } from '@runafter/clock';
import { hasCode } from '@runafter/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Creation, createOnce } from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { Documents, shakyDocuments } from './shaky-documents.ts';
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

const caller = fc.record({
  key: fc.constantFrom('a', 'a', 'b'),
  pause: fc.constantFrom(0, 0, 1, 40, 400),
  work: fc.constantFrom(0, 10, 500, 2_500),
  wait: fc.constantFrom(0, 300, 60_000, 60_000),
  fails: fc.constantFrom(false, false, false, true),
  abortAfter: fc.option(fc.constantFrom(0, 1, 20, 200, 1_100), { nil: undefined, freq: 2 }),
});

const processes = (livesFor: fc.Arbitrary<number>, stall: fc.Arbitrary<number>) =>
  fc.array(
    fc.record({ livesFor, stall, callers: fc.array(caller, { minLength: 1, maxLength: 4 }) }),
    { minLength: 1, maxLength: 3 },
  );

const living = processes(fc.constant(Number.POSITIVE_INFINITY), fc.constant(0));
const mortal = processes(
  fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 12 })),
  fc.constantFrom(0, 0, 950, 1_500),
);

type Processes = typeof living extends fc.Arbitrary<infer P> ? P : never;
type Caller = Processes[number]['callers'][number];

/** What a caller may be told that did nothing wrong. */
const expected = ['CREATE_ONCE_TIMEOUT', 'SERVICE_UNAVAILABLE', 'OUTCOME_UNKNOWN', 'LEASE_LOST'];

interface Making {
  readonly key: string;
  readonly idempotencyKey: string;
  outcome: 'under way' | 'made' | 'failed';
}

class World {
  readonly clock = virtualClock({ autoAdvance: true });
  readonly documents = new Documents();
  readonly makings: Making[] = [];
  readonly handedOver = new Map<string, unknown[]>();
  readonly wrongs: string[] = [];
  readonly seen = { created: 0, aborted: 0, failed: 0, died: 0, told: 0 };

  async run(seed: number, plan: Processes, weather: Weather): Promise<void> {
    await Promise.all(
      plan.map(async ({ livesFor, stall, callers }, index) => {
        const random = seededRandom(`${seed} ${index}`);
        const network = new Network(weather, this.clock, random);
        network.livesFor = livesFor;
        const store = shakyDocuments<Creation<object>>(this.documents, network);
        const died = this.#untilDead(network);
        const work = callers.map((one) => this.#call(one, { store, network, random, stall }));
        await Promise.race([Promise.all(work), died.happened]);
        died.stop();
        if (network.isDead) this.seen.died++;
      }),
    );
  }

  #untilDead(network: Network): { happened: Promise<void>; stop: () => void } {
    let stop = () => {};
    const happened = new Promise<void>((resolve) => {
      const look = () => {
        if (network.isDead) return resolve();
        stop = this.clock.setTimer(1_000, look);
      };
      look();
    });
    return { happened, stop: () => stop() };
  }

  async #call(
    { key, pause, work, wait, fails, abortAfter }: Caller,
    {
      store,
      network,
      random,
      stall,
    }: {
      store: ReturnType<typeof shakyDocuments<Creation<object>>>;
      network: Network;
      random: () => number;
      stall: number;
    },
  ): Promise<void> {
    const { clock } = this;
    await clock.sleep(pause);
    const abort = new AbortController();
    const cancel =
      abortAfter === undefined ? () => {} : clock.setTimer(abortAfter, () => abort.abort('enough'));
    const { signal } = abort;
    const options = { clock, random, wait, ttl: 1_000, poll: 200, signal };
    try {
      const value = await createOnce(
        store,
        key,
        async (context) => {
          const making: Making = { key, ...context, outcome: 'under way' };
          this.#begin(making);
          const sleeping = context.signal;
          try {
            if (stall > 0) clock.suspend(stall);
            // Half of them do not look at their signal.
            await clock.sleep(work, random() < 0.5 ? { signal: sleeping } : {});
            if (fails) throw new Error('not made');
          } catch (error) {
            making.outcome = 'failed';
            throw error;
          }
          if (network.isDead) return await new Promise<object>(() => {});
          making.outcome = 'made';
          return { number: this.makings.indexOf(making), of: key };
        },
        options,
      );
      if (network.isDead) return;
      this.seen.created++;
      this.handedOver.set(key, [...(this.handedOver.get(key) ?? []), value]);
    } catch (error) {
      if (error === 'enough') this.seen.aborted++;
      else if (error instanceof Error && error.message === 'not made') this.seen.failed++;
      else if (expected.some((code) => hasCode(error, code))) this.seen.told++;
      else throw error;
    } finally {
      cancel();
    }
  }

  #begin(making: Making): void {
    const others = this.makings.filter(({ key }) => key === making.key);
    if (others.some(({ idempotencyKey }) => idempotencyKey !== making.idempotencyKey)) {
      this.wrongs.push(`"${making.key}" is made with a second idempotency key`);
    }
    this.makings.push(making);
  }

  /** Whoever was handed something was handed the same. */
  get handedOverTwice(): unknown[] {
    return [...this.handedOver.values()].filter(
      (values) => new Set(values.map((value) => JSON.stringify(value))).size > 1,
    );
  }
}

describe('createOnce()', () => {
  it('makes once what nobody fails to make, while nobody dies and nothing is lost', async () => {
    const seen = { created: 0, aborted: 0, failed: 0 };
    await fc.assert(
      fc.asyncProperty(fc.integer(), living, async (seed, plan) => {
        const world = new World();
        await world.run(seed, plan, fair);
        await world.clock.sleep('10s'); // what an aborted caller has begun is still made and kept
        expect(world.wrongs).toEqual([]);
        expect(world.handedOverTwice).toEqual([]);
        for (const key of ['a', 'b']) {
          const made = world.makings.filter((making) => making.key === key);
          const times = made.filter(({ outcome }) => outcome === 'made').length;
          expect(times, `times that ${key} was made`).toBeLessThanOrEqual(1);
        }
        expect(world.clock.pending, 'timers left').toBe(0);
        for (const what of Object.keys(seen) as (keyof typeof seen)[])
          seen[what] += world.seen[what];
      }),
      { numRuns: 100 },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
  });

  it('hands over one record only, with one idempotency key, whatever is lost and whoever dies', async () => {
    const seen = { created: 0, aborted: 0, failed: 0, died: 0, told: 0 };
    await fc.assert(
      fc.asyncProperty(fc.integer(), mortal, storm, async (seed, plan, weather) => {
        const world = new World();
        await world.run(seed, plan, weather);
        expect(world.wrongs).toEqual([]);
        expect(world.handedOverTwice).toEqual([]);
        if (world.seen.died === 0) {
          await world.clock.sleep('5m');
          expect(world.clock.pending, 'timers left').toBe(0);
        }
        for (const what of Object.keys(seen) as (keyof typeof seen)[])
          seen[what] += world.seen[what];
      }),
      { numRuns: 200 },
    );
    for (const [what, times] of Object.entries(seen)) expect(times, what).toBeGreaterThan(5);
  });
});
