/**
 * Undoing later what could not be undone, in a run of its own.
 * @module
 */
import { fixed, virtualClock } from '@runafter/clock';
import { memoryRunStore, start, workflow } from '@runafter/core';
import { none, retryCompensation, saga, storedSagaReports } from '@runafter/saga';
import { describe, expect, it } from 'vitest';
import { MortalProcess } from './killed-at-every-write.ts';

interface Call {
  readonly step: string;
  readonly item: unknown;
  readonly key: string;
  readonly stepKey: string;
  readonly done: object;
}

/** Two of three hires cannot be onboarded, and for a while some of it cannot be undone either. */
class Office {
  readonly clock = virtualClock({ autoAdvance: true });
  readonly store = memoryRunStore({ clock: this.clock });
  locked: ReadonlySet<string> = new Set();
  readonly calls: Call[] = [];

  readonly flow = this.#flow();

  #flow(process?: MortalProcess) {
    return workflow<undefined, void>('Hires', (flow) => {
      flow.forEach(
        'Hires',
        [],
        () => ['Ann', 'Bob', 'Cid'],
        (each) => {
          saga(each, 'Onboard', [], (saga) => {
            const account = saga.step('Account', ({ item }) => ({ account: item }), {
              compensate: this.#undoes('Account', process),
            });
            const site = saga.step('Site', [account], (_, { item }) => ({ site: item }), {
              compensate: this.#undoes('Site', process),
            });
            saga.step(
              'Log',
              [site],
              (_, { item }) => {
                if (item !== 'Ann') throw new Error('no table');
              },
              { compensate: none('logs stay') },
            );
          });
        },
      );
    });
  }

  #undoes(step: string, process?: MortalProcess) {
    return {
      run: async (
        done: object,
        context: { item: unknown; idempotencyKey: string; step: { idempotencyKey: string } },
      ) => {
        await this.clock.sleep('1s');
        const {
          item,
          idempotencyKey: key,
          step: { idempotencyKey: stepKey },
        } = context;
        const call = () => this.calls.push({ step, item, key, stepKey, done });
        await (process === undefined ? call() : process.act(call));
        if (this.locked.has(step)) throw new Error(`${step} is locked`);
      },
      retry: fixed({ count: 1, interval: '1s' }),
    };
  }

  inProcess(process: MortalProcess) {
    return this.#flow(process);
  }

  /** A run that has ended with something that is not undone. */
  async monday(): Promise<void> {
    this.locked = new Set(['Account', 'Site']);
    const { store, clock } = this;
    const result = await start(this.flow, undefined, { store, clock, runId: 'monday' }).finished;
    expect(result).toMatchObject({ status: 'Failed', error: { code: 'COMPENSATION_FAILED' } });
    this.calls.length = 0;
  }

  get options() {
    return { store: this.store, clock: this.clock };
  }
}

const outcomesOf = (reports: Awaited<ReturnType<typeof retryCompensation>>) =>
  reports.map(({ path, steps }) => [path, ...steps.map(({ outcome }) => outcome)].join(' '));

describe('retryCompensation()', () => {
  it('undoes what is left, in reverse order, with the keys, outputs and items of the first run', async () => {
    const office = new Office();
    await office.monday();
    expect(outcomesOf(await storedSagaReports(office.flow, 'monday', office.options))).toEqual([
      'Hires[0]/Onboard done done done',
      'Hires[1]/Onboard undo-failed undo-failed unknown',
      'Hires[2]/Onboard undo-failed undo-failed unknown',
    ]);

    office.locked = new Set();
    const reports = await retryCompensation(office.flow, 'monday', office.options);

    expect(outcomesOf(reports)).toEqual([
      'Hires[0]/Onboard done done done',
      'Hires[1]/Onboard undone undone unknown',
      'Hires[2]/Onboard undone undone unknown',
    ]);
    expect(await storedSagaReports(office.flow, 'monday', office.options)).toEqual(reports);
    expect(office.calls.filter(({ item }) => item === 'Bob')).toEqual([
      {
        step: 'Site',
        item: 'Bob',
        key: 'monday/Hires[1]/Onboard/Undo_Site',
        stepKey: 'monday/Hires[1]/Onboard/Site',
        done: { outputs: { site: 'Bob' } },
      },
      {
        step: 'Account',
        item: 'Bob',
        key: 'monday/Hires[1]/Onboard/Undo_Account',
        stepKey: 'monday/Hires[1]/Onboard/Account',
        done: { outputs: { account: 'Bob' } },
      },
    ]);
  });

  it('can be called again and again, and leaves alone what is undone', async () => {
    const office = new Office();
    await office.monday();
    office.locked = new Set(['Account']);
    const first = await retryCompensation(office.flow, 'monday', office.options);
    expect(outcomesOf(first)[1]).toBe('Hires[1]/Onboard undo-failed undone unknown');
    expect(first[1]?.steps[0]?.undoError).toEqual({
      code: 'UNKNOWN_ERROR',
      message: 'Account is locked',
    });

    office.locked = new Set();
    office.calls.length = 0;
    const second = await retryCompensation(office.flow, 'monday', office.options);
    expect(outcomesOf(second)[1]).toBe('Hires[1]/Onboard undone undone unknown');
    expect(office.calls.map(({ step }) => step)).toEqual(['Account', 'Account']);

    office.calls.length = 0;
    expect(await retryCompensation(office.flow, 'monday', office.options)).toEqual(second);
    expect(office.calls).toEqual([]);
  });

  it('does the work once where several processes call it at once', async () => {
    const office = new Office();
    await office.monday();
    office.locked = new Set();
    const processes = [1, 2, 3].map(
      () => new MortalProcess(office.store, office.clock, 0, 'after'),
    );
    const reports = await Promise.all(
      processes.map((process) =>
        retryCompensation(office.inProcess(process), 'monday', {
          store: process.store,
          clock: office.clock,
        }),
      ),
    );
    for (const report of reports) expect(report).toEqual(reports[0]);
    expect(outcomesOf(reports[0] ?? [])[2]).toBe('Hires[2]/Onboard undone undone unknown');
    expect(office.calls).toHaveLength(4);
  });

  it('goes on where a process was killed, at any of its writes', async () => {
    for (let write = 1; ; write++) {
      const office = new Office();
      await office.monday();
      office.locked = new Set();
      const mortal = new MortalProcess(office.store, office.clock, write, 'after');
      const options = { store: mortal.store, clock: office.clock };
      const ended = retryCompensation(office.inProcess(mortal), 'monday', options);
      const wasKilled = await Promise.race([mortal.died.then(() => true), ended.then(() => false)]);
      const reports = await retryCompensation(office.flow, 'monday', office.options);
      expect(outcomesOf(reports)[2], `write ${write}`).toBe(
        'Hires[2]/Onboard undone undone unknown',
      );
      // What was undone when it died may be undone once more, with the same key.
      expect(office.calls.length).toBeLessThanOrEqual(6);
      expect(new Set(office.calls.map(({ key }) => key)).size).toBe(4);
      if (!wasKilled) break;
    }
  });

  it('takes a workflow whose name is as long as a name can be', async () => {
    const store = memoryRunStore();
    let isLocked = true;
    const flow = workflow('W'.repeat(200), (flow) => {
      saga(flow, 'S', [], (saga) => {
        saga.step('A', () => Promise.reject(new Error('no')), {
          compensate: {
            run: () => (isLocked ? Promise.reject(new Error('locked')) : undefined),
            retry: { type: 'none' },
          },
        });
      });
    });
    await start(flow, undefined, { store, runId: 'r' }).finished;
    isLocked = false;
    expect(outcomesOf(await retryCompensation(flow, 'r', { store }))).toEqual(['S undone']);
  });

  it('is refused while the run goes on, and for a run that there is not', async () => {
    const { store, clock } = new Office();
    const flow = workflow('Waits', (flow) => void flow.delay('Wait', [], '1d'));
    const run = start(flow, undefined, { store, runId: 'r' });
    await expect.poll(() => store.readRun('r')).toBeDefined();
    await expect(retryCompensation(flow, 'r', { store, clock })).rejects.toMatchObject({
      code: 'RUN_NOT_ENDED',
    });
    run.cancel();
    await run.finished;
    await expect(retryCompensation(flow, 'other', { store, clock })).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
    });
  });
});
