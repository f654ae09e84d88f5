/**
 * What stands between ready and called, in a run that is resumed: limiters, bounds, a gate, an executor.
 * @module
 */
import { concurrencyLimiter, type Gate, virtualClock } from '@runafter/clock';
import { type Executor, memoryRunStore, resume, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { AtWork } from '../engine/at-work.ts';
import { SettableLimiter } from '../engine/settable-limiter.ts';
import { MortalProcess } from './mortal-process.ts';
import { expectSameAfterKills } from './same-after-kills.ts';
import { slowly } from './slowly.ts';

/** Five actions side by side. */
function five(process: MortalProcess, atWork = new AtWork()) {
  return workflow('Five', (flow) => {
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      flow.action(name, async (context) => {
        await process.note(context);
        await atWork.on(process.clock as never, 1_000, context.signal);
        return name;
      });
    }
  });
}

describe('a run that was killed anywhere ends as if it had not been', () => {
  it('with a bound on handlers', async () => {
    const atWork = new AtWork();
    const { calls } = await expectSameAfterKills({
      options: { maxConcurrentActions: 2 },
      workflow: (process) => five(process, atWork),
    });

    expect(calls).toHaveLength(5);
  });

  it('with limiters on actions, retries and a time-out', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) => {
        const limiter = concurrencyLimiter(1);
        return workflow('Limited', (flow) => {
          flow.forEach(
            'Loop',
            [],
            () => [1, 2, 3, 4],
            (each) =>
              each.action(
                'Work',
                async (context) => {
                  await slowly(process, context, 1);
                  if (context.attempt === 1 && context.item === 2) throw new Error('busy');
                  return context.item;
                },
                {
                  limiter,
                  timeout: '1h',
                  retry: { type: 'fixed', count: 2, interval: '3s' },
                  select: (n) => n * 10,
                  payloadLimit: 100,
                },
              ),
            { concurrency: 3 },
          );
        });
      },
      // Bytes are counted where they are measured.
      notCompared: ['payloadBytes'],
    });

    expect(result).toMatchObject({ results: [{ outputs: [10, 20, 30, 40] }] });
  });

  it('with a loop that is as wide as an adaptive limiter says', async () => {
    const { calls, result } = await expectSameAfterKills({
      workflow: (process) => {
        const limiter = new SettableLimiter(1, 4);
        return workflow('Adaptive', (flow) => {
          flow.forEach(
            'Loop',
            [],
            () => [1, 2, 3, 4, 5, 6, 7],
            (each) =>
              each.action('Work', (context) => {
                limiter.degree = [4, 5].includes(context.item) ? 1 : 3;
                return slowly(process, context, context.item);
              }),
            { concurrency: limiter, key: (item) => item % 3 },
          );
        });
      },
    });

    expect(calls).toHaveLength(7);
    expect(result).toMatchObject({ results: [{ outputs: [1, 2, 3, 4, 5, 6, 7] }] });
  });

  it('with an executor that begins later', async () => {
    const { result } = await expectSameAfterKills({
      workflow: (process) => five(process),
      optionsOf: (process) => ({
        executor: {
          dispatch: ({ run }) => {
            process.clock.setTimer(2_000, () => void run());
          },
        },
      }),
    });

    expect(result).toMatchObject({ status: 'Succeeded' });
  });
});

describe('an executor', () => {
  it('is told the number of the attempt and the key that went before the restart', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const tasks: unknown[] = [];
    const executorIn = (process: MortalProcess): Executor => ({
      dispatch: ({ runId, path, attempt, idempotencyKey, run }) => {
        if (process.isAlive) tasks.push({ runId, path, attempt, idempotencyKey });
        void run();
      },
    });
    const write = (process: MortalProcess) =>
      workflow('Try', (flow) => {
        flow.action(
          'Try',
          async (context) => {
            await slowly(process, context, 1, '1m');
            if (context.attempt === 1) throw new Error('busy');
          },
          { retry: { type: 'fixed', count: 3, interval: '1m' } },
        );
      });
    const first = new MortalProcess(store, clock);
    first.start(write(first), undefined, { executor: executorIn(first) });
    clock.setTimer(150_000, () => first.kill());
    await first.died;
    await first.bury();
    const second = new MortalProcess(store, clock);
    const options = { ...second.place, executor: executorIn(second) };
    await (await resume(write(second), 'r', options)).finished;

    const task = { runId: 'r', path: 'Try', idempotencyKey: 'r/Try' };
    expect(tasks).toEqual([
      { ...task, attempt: 1 },
      { ...task, attempt: 2 },
      { ...task, attempt: 2 },
    ]);
  });
});

describe('a gate', () => {
  it('lets resumed runs in, and has its permit back in the end', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const first = new MortalProcess(store, clock);
    first.start(five(first), undefined);
    clock.setTimer(500, () => first.kill());
    await first.died;
    await first.bury();
    const limiter = concurrencyLimiter(1);
    const gate: Gate = {
      enter: (options) => limiter.acquire(options),
      tryEnter: () => limiter.tryAcquire(),
    };
    const other = await limiter.acquire();
    const second = new MortalProcess(store, clock);
    const resumed = resume(five(second), 'r', { ...second.place, gate });
    clock.setTimer(10_000, () => other.release());
    const run = await resumed;

    expect(clock.now()).toBe(Date.UTC(2026, 0, 1) + 10_500);
    expect((await run.finished).status).toBe('Succeeded');
    expect(limiter.tryAcquire()).toBeDefined();
  });
});
