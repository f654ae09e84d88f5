/**
 * What steps have done to the world, and what has undone it, on a virtual clock.
 * @module
 */
import { type Duration, fixed, type VirtualClock, virtualClock } from '@runafter/clock';
import { type ContainerOptions, type Flow, start, type Workflow, workflow } from '@runafter/core';
import {
  type Compensation,
  type CompensationContext,
  type Done,
  type Saga,
  type SagaOptions,
  saga,
} from '@runafter/saga';
import { expect } from 'vitest';

type SomeContext = CompensationContext<unknown, unknown>;

/** How a run is stopped. */
export interface Stop {
  readonly cancelAfter?: Duration;
  readonly timeout?: Duration;
}

export class World {
  readonly clock: VirtualClock;
  readonly log: string[] = [];
  /** Steps that fail, with this code. */
  failing: Readonly<Record<string, string>> = {};
  /** How often undoing a step fails. */
  locked: Readonly<Record<string, number>> = {};
  /** What compensations were called with, by step. */
  readonly undone = new Map<string, { done: Done<unknown>; context: SomeContext }[]>();

  constructor(clock: VirtualClock = virtualClock()) {
    this.clock = clock;
  }

  /** The handler of a step that takes a minute. */
  does(name: string, takes: Duration = '1m') {
    return async (_: unknown, { signal }: { readonly signal: AbortSignal }): Promise<string> => {
      await this.clock.sleep(takes, { signal });
      const code = this.failing[name];
      if (code !== undefined) throw Object.assign(new Error(`${name} says no`), { code });
      this.log.push(name);
      return `id of ${name}`;
    };
  }

  /** A compensation that takes a second, and is tried twice more, after ten seconds each. */
  undoes<In, X>(name: string): { compensate: Compensation<unknown, In, X> } {
    return {
      compensate: {
        run: async (done, context) => {
          await this.clock.sleep('1s');
          const calls = this.undone.get(name) ?? [];
          calls.push({ done, context: context as SomeContext });
          this.undone.set(name, calls);
          if (calls.length <= (this.locked[name] ?? 0)) throw new Error(`${name} is locked`);
          this.log.push(`undo ${name}: ${'outputs' in done ? done.outputs : 'unknown'}`);
        },
        retry: fixed({ count: 2, interval: '10s' }),
      },
    };
  }

  /** Account, then Site and Licence side by side, then Log. */
  onboard<In, O, X>(flow: Flow<In, O, X>, options: SagaOptions & ContainerOptions = {}) {
    return saga(flow, 'Onboard', [], (steps) => this.steps(steps), options);
  }

  steps<In, S, X>(steps: Saga<In, S, X>) {
    const account = steps.step('Account', [], this.does('Account'), this.undoes('Account'));
    const site = steps.step('Site', [account], this.does('Site'), this.undoes('Site'));
    const licence = steps.step('Licence', [account], this.does('Licence'), this.undoes('Licence'));
    return steps.step('Log', [site, licence], this.does('Log'), this.undoes('Log'));
  }

  onboarding(options?: SagaOptions & ContainerOptions): Workflow<unknown, string> {
    return workflow('Onboarding', (flow) => this.onboard(flow, options));
  }

  /** Runs it for a day; stops it after a while, where that is wanted. */
  async run(flow: Workflow<unknown, unknown>, { cancelAfter, timeout }: Stop = {}) {
    const { clock } = this;
    const run = start(flow, undefined, { clock, runId: 'r', ...(timeout && { timeout }) });
    if (cancelAfter !== undefined) {
      await clock.advance(cancelAfter);
      run.cancel();
    }
    await clock.advance('1d');
    const result = await run.finished;
    expect(clock.pending, 'timers left').toBe(0);
    return { run, result };
  }
}
