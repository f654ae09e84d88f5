/**
 * The in-process limiter against a plain list: random calls, releases and aborts, compared after each.
 */
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ConcurrencyLimiter, concurrencyLimiter, type Permit } from '../src/index.ts';

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      call: fc.constant('acquire' as const),
      weight: fc.integer({ min: 1, max: 3 }),
      priority: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ call: fc.constant('release' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('abort' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.constant({ call: 'tryAcquire' as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** The promise of the port in the plainest form: a list that is sorted whenever someone joins. */
class ListModel {
  readonly max: number;
  readonly granted: number[] = [];
  readonly held = new Map<number, number>();
  waiting: { id: number; weight: number; priority: number }[] = [];

  constructor(max: number) {
    this.max = max;
  }

  get active(): number {
    return [...this.held.values()].reduce((sum, weight) => sum + weight, 0);
  }

  fitsNow(weight: number): boolean {
    return this.waiting.length === 0 && this.active + weight <= this.max;
  }

  acquire(id: number, weight: number, priority: number): void {
    this.waiting.push({ id, weight, priority });
    this.waiting.sort((a, b) => b.priority - a.priority || a.id - b.id);
    this.#admit();
  }

  release(id: number): void {
    this.held.delete(id);
    this.#admit();
  }

  abort(id: number): void {
    this.waiting = this.waiting.filter((waiter) => waiter.id !== id);
    this.#admit();
  }

  #admit(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (this.active + next.weight > this.max) return;
      this.waiting.shift();
      this.held.set(next.id, next.weight);
      this.granted.push(next.id);
    }
  }
}

/** The callers of a limiter, each known by the number of its call. */
class Callers {
  readonly granted: number[] = [];
  readonly #limiter: ConcurrencyLimiter;
  readonly #controllers: AbortController[] = [];
  readonly #permits = new Map<number, Permit>();
  readonly #ends: Promise<void>[] = [];

  constructor(limiter: ConcurrencyLimiter) {
    this.#limiter = limiter;
  }

  acquire(weight: number, priority: number): number {
    const controller = new AbortController();
    const id = this.#controllers.push(controller) - 1;
    const acquiring = this.#limiter.acquire({ weight, priority, signal: controller.signal });
    const onGranted = (permit: Permit) => {
      this.granted.push(id);
      this.#permits.set(id, permit);
    };
    this.#ends.push(acquiring.then(onGranted, () => undefined));
    return id;
  }

  pick(which: number): number {
    return which % Math.max(1, this.#controllers.length);
  }

  abort(id: number): void {
    this.#controllers[id]?.abort();
  }

  release(id: number): boolean {
    this.#permits.get(id)?.release();
    return this.#permits.has(id);
  }

  async leave(): Promise<void> {
    for (const controller of this.#controllers) controller.abort();
    await Promise.all(this.#ends);
    for (const permit of this.#permits.values()) permit.release();
  }
}

async function take(
  current: Step,
  limiter: ConcurrencyLimiter,
  callers: Callers,
  model: ListModel,
): Promise<void> {
  switch (current.call) {
    case 'acquire': {
      const { weight, priority } = current;
      return model.acquire(callers.acquire(weight, priority), weight, priority);
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
    case 'tryAcquire': {
      const permit = await limiter.tryAcquire();
      expect(permit !== undefined).toBe(model.fitsNow(1));
      permit?.release();
    }
  }
}

it('never exceeds its maximum and lets in first who came first, whatever the calls', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 3, max: 5 }),
      fc.array(step, { maxLength: 40 }),
      async (max, steps) => {
        const limiter = concurrencyLimiter(max);
        const callers = new Callers(limiter);
        const model = new ListModel(max);
        for (const current of steps) {
          await take(current, limiter, callers, model);
          await turn();
          expect(callers.granted).toEqual(model.granted);
          expect(limiter.active).toBe(model.active);
          expect(limiter.active).toBeLessThanOrEqual(max);
          expect(limiter.waiting).toBe(model.waiting.length);
        }
        await callers.leave();
        expect({ active: limiter.active, waiting: limiter.waiting }).toEqual({
          active: 0,
          waiting: 0,
        });
      },
    ),
    { numRuns: 150 },
  );
});
