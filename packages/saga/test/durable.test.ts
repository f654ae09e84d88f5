/**
 * A durable saga that is killed at any of its writes: another process goes on, with doing or undoing.
 * @module
 */
import { fixed, virtualClock } from '@runafter/clock';
import { memoryRunStore, start, workflow } from '@runafter/core';
import { none, saga, sagaReport } from '@runafter/saga';
import { describe, expect, it } from 'vitest';
import { type Ended, expectSameWhenKilled, type MortalProcess } from './killed-at-every-write.ts';

/** What the steps of a run have done, whichever process it was. */
class Effects {
  readonly #failing: ReadonlySet<string>;
  readonly #locked: ReadonlySet<string>;
  /** Keys of the handlers that were called, in order; a step that was called again stands here twice. */
  readonly done: string[] = [];
  readonly undone: string[] = [];
  readonly known = new Map<string, Set<string>>();

  constructor({ failing = [], locked = [] }: { failing?: string[]; locked?: string[] }) {
    this.#failing = new Set(failing);
    this.#locked = new Set(locked);
  }

  onboarding(process: MortalProcess) {
    const { clock } = process;
    const does = (name: string) =>
      [
        async (
          _: unknown,
          { idempotencyKey, signal }: { idempotencyKey: string; signal: AbortSignal },
        ) => {
          await process.act(() => this.done.push(idempotencyKey));
          await clock.sleep('10s', { signal });
          if (this.#failing.has(name)) throw new Error(`${name} says no`);
          return { id: name };
        },
        {
          compensate: {
            run: async (
              done: object,
              {
                idempotencyKey,
                step,
              }: { idempotencyKey: string; step: { idempotencyKey: string } },
            ) => {
              await clock.sleep('1s');
              await process.act(() => {
                this.undone.push(`${idempotencyKey} of ${step.idempotencyKey}`);
                const known = this.known.get(name) ?? new Set();
                this.known.set(name, known.add(JSON.stringify(done)));
              });
              if (this.#locked.has(name)) throw new Error(`${name} is locked`);
            },
            retry: fixed({ count: 1, interval: '5s' }),
          },
        },
      ] as const;
    return workflow<undefined, void>('Onboarding', (flow) => {
      saga(flow, 'Onboard', [], (steps) => {
        const account = steps.step('Account', [], ...does('Account'));
        const site = steps.step('Site', [account], ...does('Site'));
        const licence = steps.step('Licence', [account], ...does('Licence'));
        const mail = steps.step('Mail', [licence], () => process.act(() => 'sent'), {
          compensate: none('a mail cannot be unsent'),
        });
        steps.step('Log', [site, mail], ...does('Log'));
      });
    });
  }

  told({ run, result }: Ended) {
    return {
      status: result.status,
      error: result.status === 'Succeeded' ? undefined : result.error.code,
      why: run.why().text,
      report: sagaReport(run.result('Onboard')),
      // What is undone side by side has no order of its own.
      records: run
        .result('Onboard')
        ?.results.map(({ name, status, code }) => `${name} ${status} ${code}`)
        .toSorted(),
      done: new Set(this.done),
      undone: [...new Set(this.undone)].toSorted(),
      known: Object.fromEntries([...this.known].map(([name, known]) => [name, [...known]])),
    };
  }
}

function killable(what: { failing?: string[]; locked?: string[] }, cancelAfter?: number) {
  return {
    ...(cancelAfter !== undefined && { cancelAfter }),
    begin: () => {
      const effects = new Effects(what);
      return {
        workflow: (process: MortalProcess) => effects.onboarding(process),
        told: (ended: Ended) => effects.told(ended),
      };
    },
  };
}

describe('a durable saga that is killed at any of its writes', () => {
  it('succeeds all the same', async () => {
    const { status, undone } = await expectSameWhenKilled(killable({}));
    expect(status).toBe('Succeeded');
    expect(undone).toEqual([]);
  });

  it('goes on undoing, with the same keys and with what the steps handed over', async () => {
    const told = await expectSameWhenKilled(killable({ failing: ['Log'] }));
    expect(told).toMatchObject({
      status: 'Failed',
      why: expect.stringContaining('"Onboard/Log" ended Failed: Log says no'),
      known: { Log: ['{"unknown":true}'], Account: ['{"outputs":{"id":"Account"}}'] },
    });
    expect(told.undone).toEqual(
      ['Account', 'Licence', 'Log', 'Site'].map(
        (name) => `r/Onboard/Undo_${name} of r/Onboard/${name}`,
      ),
    );
  });

  it('reports what it could not undo', async () => {
    const told = await expectSameWhenKilled(killable({ failing: ['Log'], locked: ['Licence'] }));
    expect(told).toMatchObject({ status: 'Failed', error: 'COMPENSATION_FAILED' });
    expect(told.report.steps.map(({ step, outcome }) => [step, outcome])).toEqual([
      ['Account', 'undone'],
      ['Site', 'undone'],
      ['Licence', 'undo-failed'],
      ['Mail', 'done'],
      ['Log', 'undone'],
    ]);
  });

  it('undoes what may have happened after a cancel, also where nothing but the order was stored', async () => {
    const told = await expectSameWhenKilled({
      ...killable({}, 15_000),
      // Which steps had begun when the order came depends on how long nobody worked on the run.
      killFrom: 15_000,
    });
    expect(told).toMatchObject({
      status: 'Cancelled',
      known: { Account: ['{"outputs":{"id":"Account"}}'], Site: ['{"unknown":true}'] },
    });
    expect(told.report.steps.map(({ outcome }) => outcome)).toEqual([
      'undone',
      'undone',
      'undone',
      'not-needed',
      'not-needed',
    ]);
  });
});

it('stores that a step begins before it begins', async () => {
  const clock = virtualClock({ autoAdvance: true });
  const memory = memoryRunStore({ clock });
  const log: string[] = [];
  const store = new Proxy(memory, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (name !== 'saveState') return typeof member === 'function' ? member.bind(target) : member;
      return async (...args: unknown[]) => {
        await clock.sleep('1s');
        log.push('stored');
        return (member as (...args: unknown[]) => unknown).apply(target, args);
      };
    },
  });
  const flow = workflow('W', (flow) => {
    saga(flow, 'S', [], (saga) => {
      saga.step('A', () => log.push('begun'), { compensate: () => {} });
    });
  });
  await start(flow, undefined, { store, clock, runId: 'r' }).finished;
  expect(log).toEqual(['stored', 'begun']);
});

it('is reported from its records where the report is larger than what may be stored', async () => {
  const long = 'x'.repeat(500);
  const flow = workflow('W', (flow) => {
    saga(flow, 'S', [], (saga) => {
      const a = saga.step('A', () => 1, { compensate: () => {} });
      const b = saga.step('B', [a], () => 1, {
        compensate: { run: () => Promise.reject(new Error(long)), retry: { type: 'none' } },
      });
      const c = saga.step('C', [b], () => Promise.reject(new Error(long)), {
        compensate: none('it refuses'),
      });
      saga.step('D', [c], () => 1, { compensate: () => {} });
    });
  });
  const run = start(flow, undefined, { store: memoryRunStore(), runId: 'r', valueLimit: 400 });
  await run.finished;
  expect(run.result('S/Saga_Report')?.code).toBe('VALUE_TOO_LARGE');
  const { code, steps } = sagaReport(run.result('S'));
  expect(code).toBe('COMPENSATION_FAILED');
  expect(steps.map(({ outcome }) => outcome)).toEqual([
    'undone',
    'undo-failed',
    'unknown',
    'not-needed',
  ]);
});

it('does not store what a compensation returns', async () => {
  const flow = workflow('W', (flow) => {
    saga(flow, 'S', [], (saga) => {
      saga.step('A', () => Promise.reject(new Error('no')), {
        compensate: () => () => 'a function',
      });
    });
  });
  const run = start(flow, undefined, { store: memoryRunStore(), runId: 'r' });
  await run.finished;
  expect(run.result('S/Undo_A')?.status).toBe('Succeeded');
});
