/**
 * The renewal loop against a store with a clock of its own: random answers, latencies, suspensions.
 *
 * The store frees a lease when its time is over, whatever the holder believes. The plain rule that the
 * loop is compared with: held until 27 s after the last request was sent that was granted in time.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type ClockReading,
  keepRenewed,
  type Renewal,
  readClock,
  type VirtualClock,
  virtualClock,
} from '../src/index.ts';

const ttl = 30_000;
const holdFor = 27_000;
/** How long the loop may need to notice that the machine was suspended. */
const lookEvery = 3_000;

const latency = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 6_000 }), fc.nat(30_000));

const answer = fc.record({
  /** What comes of a request: `unreachable` never gets to the store, `unheard` is handled there. */
  fate: fc.oneof(
    { weight: 6, arbitrary: fc.constant('answered' as const) },
    { weight: 2, arbitrary: fc.constant('unreachable' as const) },
    { weight: 2, arbitrary: fc.constant('unheard' as const) },
    { weight: 1, arbitrary: fc.constant('taken over' as const) },
  ),
  there: latency,
  back: latency,
  /** Whether the request ends when it is told to. */
  obedient: fc.boolean(),
});
type Answer = typeof answer extends fc.Arbitrary<infer A> ? A : never;

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ does: fc.constant('advance' as const), ms: fc.nat(8_000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('suspend' as const), ms: fc.nat(40_000) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The store, the way to it, and what a holder may believe of it. */
class World {
  readonly clock: VirtualClock = virtualClock();
  readonly lease: Renewal;
  readonly #answers: readonly Answer[];
  /** When the store frees the lease. */
  #freeAt: number;
  /** The reading from before the last request that was granted in time. */
  #heldFrom: ClockReading;
  #calls = 0;
  #underWay = 0;
  #refused = false;
  /** By an operator, say: nobody can know of it before the store says so. */
  #takenOver = false;
  #awakeSince = Number.NEGATIVE_INFINITY;
  /** Noted, not thrown: what a renewal throws is a failure like others to the loop. */
  readonly #violations: string[] = [];

  constructor(answers: readonly Answer[]) {
    this.#answers = answers;
    this.#heldFrom = readClock(this.clock);
    this.#freeAt = this.clock.now() + ttl;
    this.lease = keepRenewed({
      clock: this.clock,
      name: 'model',
      ttl,
      requestedAt: this.#heldFrom,
      renew: ({ signal }) => this.#renew(signal),
    });
    this.lease.signal.addEventListener('abort', () => this.#checkReason());
  }

  async take({ does, ms }: Step): Promise<void> {
    if (does === 'advance') return this.clock.advance(ms);
    this.clock.suspend(ms);
    this.#awakeSince = this.clock.monotonic();
  }

  /** What must be true at every moment. */
  check(): void {
    const { lease, clock } = this;
    const expired = this.#age >= holdFor;
    const hadTime = clock.monotonic() - this.#awakeSince >= lookEvery;
    if (expired && hadTime) expect(lease.signal.aborted, 'the signal says so in time').toBe(true);
    expect(lease.lost, 'lost exactly by the rule').toBe(this.#refused || expired);
    const believes = !lease.lost && !this.#takenOver;
    if (believes) expect(this.#freeAt, 'the store agrees').toBeGreaterThan(clock.now());
    expect(this.#violations).toEqual([]);
  }

  async stop(): Promise<void> {
    const { lost } = this.lease;
    const latest = this.clock.monotonic() + holdFor - this.#age;
    let stoppedAt: number | undefined;
    void this.lease.stop().then(() => {
      stoppedAt = this.clock.monotonic();
    });
    expect(this.lease.signal.aborted).toBe(true);
    while (await this.clock.advanceToNext());
    expect(stoppedAt, 'it ends').toBeDefined();
    if (!lost) expect(stoppedAt).toBeLessThanOrEqual(latest);
    expect(this.lease.lost).toBe(lost);
    expect(this.#violations).toEqual([]);
  }

  get #age(): number {
    const { now, monotonic } = this.#heldFrom;
    return Math.max(this.clock.now() - now, this.clock.monotonic() - monotonic);
  }

  #checkReason(): void {
    const { loss } = this.lease.signal.reason;
    this.#claim(loss !== 'refused' || this.#refused, 'refused only by the store');
    this.#claim(loss !== 'expired' || this.#age >= holdFor, 'not expired before its time');
  }

  #claim(holds: boolean, what: string): void {
    if (!holds) this.#violations.push(what);
  }

  async #renew(signal: AbortSignal): Promise<boolean> {
    this.#claim(!this.lease.signal.aborted, 'no renewal after the end');
    this.#claim(++this.#underWay === 1, 'one renewal at a time');
    const sentAt = readClock(this.clock);
    try {
      const granted = await this.#request(this.#nextAnswer(), signal);
      if (this.#age < holdFor && !this.lease.signal.aborted) {
        if (granted) this.#heldFrom = sentAt;
        else this.#refused = true;
      }
      return granted;
    } finally {
      this.#underWay--;
    }
  }

  async #request({ fate, there, back, obedient }: Answer, signal: AbortSignal): Promise<boolean> {
    const wait = obedient ? { signal } : {};
    await this.clock.sleep(there, wait);
    if (fate === 'unreachable') throw new Error('unreachable');
    if (fate === 'taken over') this.#takenOver = true;
    const granted = !this.#takenOver && this.clock.now() < this.#freeAt;
    if (granted) this.#freeAt = this.clock.now() + ttl;
    await this.clock.sleep(back, wait);
    if (fate === 'unheard') throw new Error('the answer was lost');
    return granted;
  }

  #nextAnswer(): Answer {
    const next = this.#answers[this.#calls++];
    return next ?? { fate: 'answered', there: 0, back: 0, obedient: true };
  }
}

it('is held until its deadline and never longer, whatever the store, the way or the machine does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { maxLength: 12 }),
      fc.array(step, { minLength: 1, maxLength: 25 }),
      async (answers, steps) => {
        const world = new World(answers);
        for (const current of steps) {
          await world.take(current);
          world.check();
        }
        await world.stop();
      },
    ),
    { numRuns: 400 },
  );
});

it('is never lost while each renewal is granted in time', async () => {
  const quick = fc.record({
    fate: fc.constant('answered' as const),
    there: fc.nat(6_500),
    back: fc.nat(6_500),
    obedient: fc.constant(false),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(quick, { minLength: 1, maxLength: 10 }), async (answers) => {
      const world = new World(answers);
      for (let second = 0; second < 150; second++) {
        await world.clock.advance('1s');
        expect(world.lease.signal.aborted).toBe(false);
      }
      await world.stop();
    }),
    { numRuns: 50 },
  );
});
