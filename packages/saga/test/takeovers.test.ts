/**
 * What a process knows of a saga that another one has begun, and what it must not believe.
 * @module
 */
import { concurrencyLimiter, fixed, virtualClock } from '@runafter/clock';
import {
  memoryRunStore,
  type ResumeOptions,
  resume,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { none, StepNotDoneError, saga, sagaReport } from '@runafter/saga';
import { describe, expect, it } from 'vitest';
import { MortalProcess } from './killed-at-every-write.ts';

describe('a process that goes on with a saga', () => {
  /** Lets one process work on a run for a while, and another go on with it. */
  async function handOver(
    write: (process: MortalProcess) => Workflow<undefined, unknown>,
    diesAtWrite = 0,
    options: ResumeOptions = {},
  ) {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const first = new MortalProcess(store, clock, diesAtWrite, 'after');
    start(write(first), undefined, { store: first.store, clock, runId: 'r' });
    await clock.sleep('10s');
    first.kill();
    const second = new MortalProcess(store, clock, 0, 'after');
    const run = await resume(write(second), 'r', { store, clock, wait: '1m', ...options });
    return { clock, run };
  }

  it('undoes a step that a process before it had begun, though here it was still waiting', async () => {
    const limiter = concurrencyLimiter(1);
    const log: string[] = [];
    // Somebody else is next in line for the limiter's only permit, which comes when the first is lost.
    let permit: Promise<unknown> | undefined;
    const { clock, run } = await handOver(({ clock }) =>
      workflow('W', (flow) => {
        saga(flow, 'S', [], (saga) => {
          saga.step(
            'Slow',
            ({ signal }) => {
              permit ??= limiter.acquire();
              return clock.sleep('1h', { signal });
            },
            { limiter, compensate: (done) => void log.push(JSON.stringify(done)) },
          );
        });
      }),
    );
    await clock.sleep('10s');
    await permit;
    run.cancel();
    await run.finished;

    expect(run.result('S/Slow')?.status).toBe('Skipped');
    expect(log).toEqual(['{"unknown":true}']);
    expect(sagaReport(run.result('S')).steps).toEqual([
      { step: 'Slow', outcome: 'undone', status: 'Skipped' },
    ]);
  });

  it('does not believe a step that nothing was done, where the one before it had called it too', async () => {
    let calls = 0;
    const log: string[] = [];
    const { run } = await handOver(({ clock }) =>
      workflow('W', (flow) => {
        saga(flow, 'S', [], (saga) => {
          saga.step(
            'Account',
            async () => {
              calls++;
              await clock.sleep('20s');
              throw new StepNotDoneError('Refused');
            },
            { compensate: (done) => void log.push(JSON.stringify(done)) },
          );
        });
      }),
    );
    await run.finished;
    expect(calls).toBe(2);
    expect(log).toEqual(['{"unknown":true}']);
  });

  it('does not believe it of an attempt whose end nobody saw', async () => {
    const log: string[] = [];
    const { run } = await handOver(({ clock }) =>
      workflow('W', (flow) => {
        saga(flow, 'S', [], (saga) => {
          saga.step(
            'Account',
            async ({ attempt, signal }) => {
              if (attempt === 1) throw new StepNotDoneError('Refused');
              await clock.sleep('1h', { signal });
            },
            {
              retry: fixed({ count: 1, interval: '1s' }),
              compensate: (done) => void log.push(JSON.stringify(done)),
            },
          );
        });
      }),
    );
    run.cancel();
    await run.finished;
    expect(log).toEqual(['{"unknown":true}']);
  });

  it('has nothing to undo of a step that was ready, and not begun, when it was cancelled', async () => {
    const log: string[] = [];
    // Of A: that it begins, its outcome. The first write is the run itself.
    const afterOutcomeOfA = 3;
    const { run } = await handOver(
      () =>
        workflow('W', (flow) => {
          saga(flow, 'S', [], (saga) => {
            const compensate = (_: unknown, { step }: { step: { name: string } }) =>
              void log.push(step.name);
            const a = saga.step('A', () => 1, { compensate });
            saga.step('B', [a], () => 1, { compensate });
          });
        }),
      afterOutcomeOfA,
    );
    run.cancel();
    await run.finished;
    expect(run.result('S/B')?.status).toBe('Cancelled');
    expect(log).toEqual(['A']);
    expect(sagaReport(run.result('S')).steps.map(({ outcome }) => outcome)).toEqual([
      'undone',
      'not-needed',
    ]);
  });

  it('reports a step that was begun, and that the definition it goes on with does not have', async () => {
    let processes = 0;
    const log: string[] = [];
    const compensate = (_: unknown, { step }: { step: { name: string } }) =>
      void log.push(step.name);
    const { run } = await handOver(
      ({ clock }) => {
        processes++;
        return workflow('W', (flow) => {
          saga(flow, 'S', [], (saga) => {
            const a = saga.step('A', () => 1, { compensate });
            const b = processes > 1 ? a : saga.step('B', [a], () => 2, { compensate });
            saga.step('C', [b], () => clock.sleep('20s').then(() => Promise.reject('no')), {
              compensate,
            });
          });
        });
      },
      0,
      { allowChanges: true },
    );
    await run.finished;
    expect(log).toEqual(['C', 'A']);
    expect(sagaReport(run.result('S')).steps).toMatchObject([
      { step: 'A', outcome: 'undone' },
      { step: 'C', outcome: 'undone' },
      { step: 'B', outcome: 'unknown', reason: expect.stringContaining('definition') },
    ]);
  });

  it('goes on undoing, also where nothing but the first process knew why it was to stop', async () => {
    const limiter = concurrencyLimiter(1);
    const permit = await limiter.acquire();
    const log: string[] = [];
    let processes = 0;
    // As a quorum that is decided cancels a branch: nobody stores that order.
    const fickle: ContainerKind<object> = {
      name: 'fickle',
      childEnded: (container) => {
        if (processes > 1) return;
        container.cancelChildren({ code: 'DECIDED', message: 'It is decided.' });
      },
      finish: () => ({ status: 'Succeeded' }),
    };
    const { run } = await handOver((process) => {
      processes++;
      return workflow('W', (flow) => {
        container(
          flow,
          fickle,
          'Around',
          [],
          (body) => {
            body.delay('Decide', [], '5s');
            saga(body, 'S', [], (saga) => {
              const a = saga.step('A', () => 1, {
                compensate: async () => {
                  await process.clock.sleep('1m');
                  await process.act(() => log.push('undone'));
                },
              });
              saga.step('B', [a], () => 1, { compensate: none('it waits'), limiter });
            });
          },
          {},
        );
      });
    });
    permit.release();
    await run.finished;
    expect(run.result('Around/S')).toMatchObject({ status: 'Cancelled', code: 'DECIDED' });
    expect(log).toEqual(['undone']);
  });
});
