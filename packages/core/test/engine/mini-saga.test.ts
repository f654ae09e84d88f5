/**
 * The mini saga: whatever stops it, what may have happened is undone, in reverse order.
 * @module
 */
import { type Duration, type VirtualClock, virtualClock } from '@runafter/clock';
import { type ContainerOptions, type Flow, start, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { saga, undoneBy } from './mini-saga.ts';
import { outline } from './outline.ts';

/** What the steps have done to the world, and what undid it. */
class World {
  readonly clock: VirtualClock = virtualClock();
  readonly log: string[] = [];
  /** Steps that fail. */
  failing: readonly string[] = [];
  /** How often undoing a step fails. */
  locked: Readonly<Record<string, number>> = {};

  /** A step that takes a minute. */
  does(name: string) {
    return async (_: unknown, { signal }: { readonly signal: AbortSignal }): Promise<string> => {
      await this.clock.sleep('1m', { signal });
      if (this.failing.includes(name)) throw Object.assign(new Error('no'), { code: 'BROKEN' });
      this.log.push(name);
      return `id of ${name}`;
    };
  }

  undoes(name: string): Parameters<typeof undoneBy>[1] {
    return async (done, { attempt }) => {
      await this.clock.sleep('1s');
      if (attempt <= (this.locked[name] ?? 0)) throw new Error('locked');
      this.log.push(`undo ${name}: ${'outputs' in done ? done.outputs : 'unknown'}`);
    };
  }

  /** Account, then Site and Licence side by side, then Log. */
  onboard<In, O, X>(flow: Flow<In, O, X>, options: ContainerOptions = {}) {
    return saga(
      flow,
      'Onboard',
      [],
      (steps) => {
        const account = steps.action('Account', [], this.does('Account'));
        const site = steps.action('Site', [account], this.does('Site'));
        const licence = steps.action('Licence', [account], this.does('Licence'));
        const log = steps.action('Log', [site, licence], this.does('Log'));
        undoneBy(account, this.undoes('Account'));
        undoneBy(site, this.undoes('Site'));
        undoneBy(licence, this.undoes('Licence'));
        return undoneBy(log, this.undoes('Log'));
      },
      options,
    );
  }

  /** Runs it for a day; stops it after a while, where that is wanted. */
  async run(
    flow: Workflow<unknown, unknown>,
    stop: { cancelAfter?: Duration; timeout?: Duration } = {},
  ) {
    const { clock } = this;
    const { cancelAfter, timeout } = stop;
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

function onboarding(world: World, options?: ContainerOptions): Workflow<unknown, string> {
  return workflow('Onboarding', (flow) => world.onboard(flow, options));
}

describe('a saga on the extension point', () => {
  it('hands over its output and undoes nothing when all went well', async () => {
    const world = new World();
    const { result } = await world.run(onboarding(world));

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 'id of Log' });
    expect(world.log).toEqual(['Account', 'Site', 'Licence', 'Log']);
  });

  it('undoes what Succeeded, and perhaps what failed, in reverse order of the dependencies', async () => {
    const world = new World();
    world.failing = ['Log'];
    const { result } = await world.run(onboarding(world));

    expect(result).toMatchObject({ status: 'Failed', error: { code: 'COMPENSATED' } });
    expect(world.log.slice(0, 3)).toEqual(['Account', 'Site', 'Licence']);
    expect(world.log[3]).toBe('undo Log: unknown');
    expect(world.log.slice(4, 6).toSorted()).toEqual([
      'undo Licence: id of Licence',
      'undo Site: id of Site',
    ]);
    expect(world.log.slice(6)).toEqual(['undo Account: id of Account']);
    expect(outline(result.results)).toEqual({
      Onboard: 'Failed COMPENSATED',
      'Onboard/Account': 'Succeeded',
      'Onboard/Site': 'Succeeded',
      'Onboard/Licence': 'Succeeded',
      'Onboard/Log': 'Failed BROKEN',
      'Onboard/Undo_Log': 'Succeeded',
      'Onboard/Undo_Site': 'Succeeded',
      'Onboard/Undo_Licence': 'Succeeded',
      'Onboard/Undo_Account': 'Succeeded',
    });
  });

  it('undoes nothing that never began', async () => {
    const world = new World();
    world.failing = ['Account'];
    await world.run(onboarding(world));

    expect(world.log).toEqual(['undo Account: unknown']);
  });

  it.each<{
    how: string;
    stop: object;
    options: ContainerOptions;
    run: string;
    saga: string;
    skipped: string;
  }>([
    {
      how: 'a cancel',
      stop: { cancelAfter: '90s' },
      options: {},
      run: 'Cancelled',
      saga: 'Cancelled',
      skipped: 'RUN_CANCELLED',
    },
    {
      how: 'a timeout of the run',
      stop: { timeout: '90s' },
      options: {},
      run: 'TimedOut',
      saga: 'TimedOut',
      skipped: 'RUN_TIMED_OUT',
    },
    {
      how: 'its own timeout',
      stop: {},
      options: { timeout: '90s' },
      run: 'Failed',
      saga: 'TimedOut',
      skipped: 'CONTAINER_TIMED_OUT',
    },
  ])('undoes all that may have happened after $how', async (row) => {
    const { stop, options, run, saga, skipped } = row;
    const world = new World();
    const { result } = await world.run(onboarding(world, options), stop);

    expect(result.status).toBe(run);
    expect(outline(result.results)).toMatchObject({
      Onboard: `${saga} COMPENSATED`,
      'Onboard/Site': expect.stringMatching(saga),
      'Onboard/Log': `Skipped ${skipped}`,
    });
    expect(world.log).toEqual([
      'Account',
      'undo Site: unknown',
      'undo Licence: unknown',
      'undo Account: id of Account',
    ]);
  });

  it('tries again to undo, and says what it could not undo while it goes on with the rest', async () => {
    const world = new World();
    world.failing = ['Log'];
    world.locked = { Site: 9, Licence: 1 };
    const { result, run } = await world.run(onboarding(world));

    expect(result).toMatchObject({
      status: 'Failed',
      error: { code: 'COMPENSATION_FAILED', message: expect.stringContaining('Site') },
    });
    expect(run.result('Onboard/Undo_Site')?.attempts).toHaveLength(3);
    expect(run.result('Onboard/Undo_Licence')?.attempts).toHaveLength(2);
    expect(world.log.at(-1)).toBe('undo Account: id of Account');
  });

  it('undoes one item of a loop, and leaves the others alone', async () => {
    const world = new World();
    const flow = workflow('Hires', (flow) => {
      flow.forEach(
        'Hires',
        [],
        () => ['Ann', 'Bob', 'Cid'],
        (each) => {
          saga(each, 'Onboard', [], (steps) => {
            const account = steps.action('Account', ({ item }) => world.log.push(item));
            const site = steps.action('Site', [account], async (_, { item }) => {
              if (item === 'Bob') throw new Error('no');
            });
            undoneBy(site, () => {});
            undoneBy(account, () => void world.log.push('undo'));
          });
        },
      );
    });
    const { result } = await world.run(flow);

    expect(result.results[0]?.counts).toMatchObject({ Succeeded: 2, Failed: 1 });
    expect(world.log).toEqual(['Ann', 'Bob', 'undo', 'Cid']);
  });

  it('in a child workflow is undone when the parent run is cancelled', async () => {
    const world = new World();
    const flow = workflow('Parent', (flow) => {
      flow.child('Sub', [], onboarding(world), () => undefined);
    });
    const { result } = await world.run(flow, { cancelAfter: '70s' });

    expect(result.status).toBe('Cancelled');
    expect(world.log.at(-1)).toBe('undo Account: id of Account');
    expect(outline(result.results)).toMatchObject({ 'Sub > Onboard': 'Cancelled COMPENSATED' });
  });

  it('refuses a step that does not say how it is undone, when it is defined', () => {
    expect(() =>
      workflow('Silent', (flow) => {
        saga(flow, 'Onboard', [], (steps) => void steps.action('Account', () => 1));
      }),
    ).toThrow(/"Onboard".*"Account" does not say how it is undone/);
  });
});
