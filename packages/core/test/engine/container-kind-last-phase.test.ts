/**
 * The last phase of a container kind comes when every child has settled, and no cancel and no time-out
 * reaches it.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { start, workflow } from '@runafter/core';
import { type ContainerKind, container } from '@runafter/core/container-kind';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';
import { type Finish, working } from './tidy-kind.ts';

describe('the last phase', () => {
  it.each<{ how: string; end: (run: { cancel(): void }) => void; timeout?: '1m'; status: string }>([
    { how: 'a cancel', end: (run) => run.cancel(), status: 'Cancelled' },
    { how: 'the timeout of the container', end: () => {}, timeout: '1m', status: 'TimedOut' },
    { how: 'the timeout of the run', end: () => {}, status: 'TimedOut' },
  ])('runs to its end after $how, and knows of it', async ({ how, end, timeout, status }) => {
    const clock = virtualClock();
    const seen: unknown[] = [];
    const finish: Finish = async (container) => {
      seen.push(container.stopped?.status, container.stopped?.isOwnTimeout);
      const { status } = await container.perform('Clean', async ({ signal }) => {
        await clock.sleep('10m', { signal });
        seen.push(signal.aborted);
      });
      seen.push(status);
      return undefined;
    };
    const isRun = how.endsWith('run');
    const isOwn = how.endsWith('container');
    const run = start(working(clock, finish, timeout), undefined, {
      clock,
      grace: '1s',
      ...(isRun && { timeout: '1m' }),
    });
    await clock.advance('1m');
    end(run);
    await clock.advance('1h');
    const { results, startTime, endTime } = await run.finished;

    expect(seen).toEqual([status, isOwn, false, 'Succeeded']);
    expect(outline(results)).toMatchObject({ 'Tidy/Clean': 'Succeeded' });
    expect(results[0]?.status).toBe(status);
    expect(endTime.getTime() - startTime.getTime()).toBe(11 * 60_000);
    expect(clock.pending).toBe(0);
  });

  it('is not reached by a second order to stop, which it can look up', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const seen: unknown[] = [];
    const flow = working(clock, async (container) => {
      seen.push(container.stopped);
      await container.perform('Clean', async ({ signal }) => {
        run.cancel('Now!');
        await clock.sleep('10m');
        seen.push(signal.aborted);
      });
      seen.push(container.stopped);
      return undefined;
    });
    const run = start(flow, undefined, { clock });

    expect((await run.finished).status).toBe('Cancelled');
    expect(seen).toEqual([
      undefined,
      false,
      {
        status: 'Cancelled',
        code: 'RUN_CANCELLED',
        message: expect.stringContaining('Now!'),
        isOwnTimeout: false,
      },
    ]);
  });

  it('is told of the first order to stop, whatever comes later', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const seen: unknown[] = [];
    const finish: Finish = async (container) => {
      run.cancel();
      seen.push(container.stopped?.status);
      return undefined;
    };
    const run = start(working(clock, finish, '1m'), undefined, { clock });
    const { status, results } = await run.finished;

    expect(seen).toEqual(['TimedOut']);
    expect(status).toBe('Cancelled');
    expect(outline(results)).toMatchObject({ Tidy: 'TimedOut CONTAINER_TIMED_OUT' });
  });

  it('comes after every child has settled', async () => {
    const clock = virtualClock();
    const order: string[] = [];
    const kind: ContainerKind<object> = {
      name: 'tidy',
      finish: () => {
        order.push('finish');
        return undefined;
      },
    };
    const flow = workflow('Tidy', (flow) => {
      container(
        flow,
        kind,
        'Tidy',
        [],
        (inner) => {
          inner.action('Slow_To_Stop', async () => {
            await clock.sleep('3s');
            order.push('settled');
          });
        },
        {},
      );
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    await clock.advance('10s');
    await run.finished;

    expect(order).toEqual(['settled', 'finish']);
  });
});
