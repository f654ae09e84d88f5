/**
 * The run gate against a plain list: random calls, releases, aborts and new sizes, compared after each.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { type RunGate, runGate } from '@runafter/admission';
import type { Permit } from '@runafter/clock';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const which = fc.nat(20);
const step = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ call: 'enter' as const }) },
  { weight: 1, arbitrary: fc.constant({ call: 'tryEnter' as const }) },
  { weight: 4, arbitrary: fc.record({ call: fc.constant('release' as const), which }) },
  { weight: 2, arbitrary: fc.record({ call: fc.constant('abort' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      call: fc.constant('resize' as const),
      size: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant('off' as const)),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const gateOptions = fc.record({
  concurrency: fc.integer({ min: 1, max: 4 }),
  waiting: fc.option(fc.nat(4), { nil: undefined }),
  whenFull: fc.constantFrom('reject' as const, 'wait' as const),
});
type Options = typeof gateOptions extends fc.Arbitrary<infer O> ? O : never;

type Outcome = 'waits' | 'in' | 'refused' | 'left' | 'not now' | 'out';

/** What the gate promises, in the plainest form: one outcome for each call, and a list of those who wait. */
class ListModel {
  readonly outcomes: Outcome[] = [];
  readonly order: number[] = [];
  #options: Options;
  #concurrency: number;

  constructor(options: Options) {
    this.#options = options;
    this.#concurrency = options.concurrency;
  }

  get running(): number {
    return this.outcomes.filter((outcome) => outcome === 'in').length;
  }

  get line(): number {
    return this.outcomes.filter((outcome) => outcome === 'waits').length;
  }

  get room(): number {
    return this.#options.waiting ?? 10 + this.#concurrency;
  }

  take(step: Step): void {
    switch (step.call) {
      case 'enter': {
        const mustWait = this.line > 0 || this.running >= this.#concurrency;
        const isFull = this.#options.whenFull === 'reject' && this.line >= this.room;
        this.outcomes.push(mustWait && isFull ? 'refused' : 'waits');
        break;
      }
      case 'tryEnter':
        this.outcomes.push(this.running < this.#concurrency ? 'in' : 'not now');
        if (this.outcomes.at(-1) === 'in') this.order.push(this.outcomes.length - 1);
        break;
      case 'release':
        this.#change(step.which, 'in', 'out');
        break;
      case 'abort':
        this.#change(step.which, 'waits', 'left');
        break;
      case 'resize':
        this.#concurrency = step.size === 'off' ? Number.POSITIVE_INFINITY : step.size;
    }
    while (this.line > 0 && this.running < this.#concurrency) {
      const first = this.outcomes.indexOf('waits');
      this.outcomes[first] = 'in';
      this.order.push(first);
    }
  }

  #change(which: number, from: Outcome, to: Outcome): void {
    const caller = which % Math.max(1, this.outcomes.length);
    if (this.outcomes[caller] === from) this.outcomes[caller] = to;
  }
}

/** Those who call the gate, each known by the number of the call. */
class Callers {
  readonly outcomes: Outcome[] = [];
  readonly order: number[] = [];
  readonly #gate: RunGate;
  readonly #controllers: AbortController[] = [];
  readonly #permits: (Permit | undefined)[] = [];

  constructor(gate: RunGate) {
    this.#gate = gate;
  }

  take(step: Step): void {
    switch (step.call) {
      case 'enter':
      case 'tryEnter':
        this.#call(step.call);
        break;
      case 'release': {
        const caller = step.which % Math.max(1, this.outcomes.length);
        // Also of those who are out already.
        this.#permits[caller]?.release();
        if (this.outcomes[caller] === 'in') this.outcomes[caller] = 'out';
        break;
      }
      case 'abort':
        this.#controllers[step.which % Math.max(1, this.#controllers.length)]?.abort();
        break;
      case 'resize':
        this.#gate.resize(step.size);
    }
  }

  #call(call: 'enter' | 'tryEnter'): void {
    const controller = new AbortController();
    const caller = this.#controllers.push(controller) - 1;
    this.outcomes.push('waits');
    this.#gate[call]({ signal: controller.signal }).then(
      (permit) => {
        this.outcomes[caller] = permit === undefined ? 'not now' : 'in';
        this.#permits[caller] = permit;
        if (permit !== undefined) this.order.push(caller);
      },
      () => {
        this.outcomes[caller] = controller.signal.aborted ? 'left' : 'refused';
      },
    );
  }
}

it('does what a plain list would do, whatever its callers do', async () => {
  await fc.assert(
    fc.asyncProperty(gateOptions, fc.array(step, { maxLength: 50 }), async (options, steps) => {
      const gate = runGate(options);
      const callers = new Callers(gate);
      const model = new ListModel(options);
      for (const current of steps) {
        callers.take(current);
        model.take(current);
        await turn();
        expect(callers.outcomes).toEqual(model.outcomes);
        expect(callers.order).toEqual(model.order);
        expect(gate.running).toBe(model.running);
        expect(gate.waiting).toBe(Math.min(model.line, model.room));
        expect(gate.outside).toBe(Math.max(0, model.line - model.room));
      }
    }),
    { numRuns: 200 },
  );
});
