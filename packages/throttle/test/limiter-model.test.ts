/**
 * The limiter against the plain one: random limits, random calls, releases, aborts and passing of time, compared
 * after each. Every start has to come at the same millisecond, so none is too early and none later than needed.
 */
import { type Permit, type VirtualClock, virtualClock } from '@runafter/clock';
import { type InProcessLimiter, limiter, type ParsedRate } from '@runafter/throttle';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PlainLimiter, type PlainLimits } from './plain-limiter.ts';

const calls = fc.integer({ min: 2, max: 5 });
const rate: fc.Arbitrary<ParsedRate> = fc.oneof(
  fc
    .record({ calls, per: fc.integer({ min: 1, max: 60 }) })
    .map((given) => ({ ...given, model: 'sliding-window' as const, burst: given.calls })),
  fc
    .record({ calls, per: fc.integer({ min: 1, max: 60 }) })
    .map((given) => ({ ...given, model: 'fixed-window' as const, burst: given.calls })),
  fc
    .record({
      calls,
      token: fc.integer({ min: 1, max: 15 }),
      burst: fc.integer({ min: 2, max: 4 }),
    })
    .map(({ token, ...given }) => ({
      ...given,
      per: given.calls * token,
      model: 'token-bucket' as const,
    })),
);
const limits: fc.Arbitrary<PlainLimits> = fc.record({
  rates: fc.array(rate, { minLength: 1, maxLength: 3 }),
  spacing: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10 })),
  concurrency: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 2, max: 5 })),
});

const weight = fc.oneof(fc.constant(1), fc.constant(2));
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      call: fc.constant('acquire' as const),
      weight,
      priority: fc.integer({ min: 0, max: 1 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ call: fc.constant('tryAcquire' as const), weight }) },
  { weight: 3, arbitrary: fc.record({ call: fc.constant('release' as const), which: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('abort' as const), which: fc.nat(30) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      call: fc.constant('advance' as const),
      ms: fc.integer({ min: 1, max: 50 }),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The callers of a limiter, each known by the number of its call. */
class Callers {
  readonly starts: { readonly id: number; readonly at: number }[] = [];
  readonly #limiter: InProcessLimiter;
  readonly #clock: VirtualClock;
  readonly #controllers: AbortController[] = [];
  readonly #permits = new Map<number, Permit>();

  constructor(limiter: InProcessLimiter, clock: VirtualClock) {
    this.#limiter = limiter;
    this.#clock = clock;
  }

  acquire(weight: number, priority: number): number {
    const controller = new AbortController();
    const id = this.#controllers.push(controller) - 1;
    const { signal } = controller;
    const acquiring = this.#limiter.acquire({ weight, priority, signal });
    acquiring.then(
      (permit) => this.#onGranted(id, permit),
      (error: unknown) => expect(error).toBe(signal.reason),
    );
    return id;
  }

  async tryAcquire(weight: number): Promise<{ id: number; granted: boolean }> {
    const id = this.#controllers.push(new AbortController()) - 1;
    const permit = await this.#limiter.tryAcquire({ weight });
    if (permit !== undefined) this.#onGranted(id, permit);
    return { id, granted: permit !== undefined };
  }

  pick(which: number): number {
    return which % Math.max(1, this.#controllers.length);
  }

  abort(id: number): void {
    this.#controllers[id]?.abort();
  }

  release(id: number): boolean {
    this.#permits.get(id)?.release();
    return this.#permits.delete(id);
  }

  leave(): void {
    for (const controller of this.#controllers) controller.abort();
    for (const id of [...this.#permits.keys()]) this.release(id);
  }

  #onGranted(id: number, permit: Permit): void {
    this.starts.push({ id, at: this.#clock.monotonic() });
    this.#permits.set(id, permit);
  }
}

async function take(
  current: Step,
  callers: Callers,
  model: PlainLimiter,
  clock: VirtualClock,
): Promise<void> {
  switch (current.call) {
    case 'acquire': {
      const { weight, priority } = current;
      return model.acquire(callers.acquire(weight, priority), weight, priority);
    }
    case 'tryAcquire': {
      const { id, granted } = await callers.tryAcquire(current.weight);
      return expect(granted).toBe(model.tryAcquire(id, current.weight));
    }
    case 'release': {
      const id = callers.pick(current.which);
      if (callers.release(id)) model.release(id);
      return;
    }
    case 'abort': {
      const id = callers.pick(current.which);
      callers.abort(id);
      return model.abort(id);
    }
    case 'advance':
      await clock.advance(current.ms);
      return model.advance(current.ms);
  }
}

const runs = Number(process.env.TEST_RUNS ?? 200);

it('starts every call at the very millisecond at which its limits first allow it', async () => {
  await fc.assert(
    fc.asyncProperty(
      limits,
      fc.array(step, { minLength: 20, maxLength: 80, size: 'max' }),
      async (given, steps) => {
        const clock = virtualClock();
        const { rates, spacing, concurrency } = given;
        const rate = rates.map(({ model, burst, ...rest }) =>
          model === 'token-bucket' ? { ...rest, model, burst } : { ...rest, model },
        );
        const subject = limiter({
          ...{ rate, spacing, clock },
          ...(Number.isFinite(concurrency) && { concurrency }),
        });
        const callers = new Callers(subject, clock);
        const model = new PlainLimiter(given);
        for (const current of steps) {
          await take(current, callers, model, clock);
          await clock.advance(0);
          expect(callers.starts).toEqual(model.starts.map(({ id, at }) => ({ id, at })));
          expect(subject.active).toBe(model.active);
          expect(subject.waiting).toBe(model.waiting.length);
          expect(clock.pending).toBeLessThanOrEqual(1);
          if (model.waiting.length === 0)
            expect(clock.pending, 'timers while nobody waits').toBe(0);
        }
        callers.leave();
        await clock.advance(0);
        expect(subject).toMatchObject({ active: 0, waiting: 0 });
        expect(clock.pending).toBe(0);
      },
    ),
    { numRuns: runs },
  );
}, 600_000);
