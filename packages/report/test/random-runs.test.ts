/**
 * What holds for the view of every run: random workflows in virtual time.
 * @module
 */
import { randomInt } from 'node:crypto';
import { seededRandom } from '@runafter/clock';
import { memoryRunStore, snapshot } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { findReadyTimes } from '../src/analysis/ready-times.ts';
import { replay } from '../src/analysis/replay.ts';
import { traceOf } from '../src/analysis/trace.ts';
import { type ExecutionView, type RunView, readView, viewOf } from '../src/index.ts';
import { writeRandomBody } from './random-workflow.ts';
import { runOf } from './runs-in-virtual-time.ts';

const seed = Number(process.env.TEST_SEED ?? randomInt(2 ** 31));
const count = 150;

async function forRandomRuns(
  check: (given: Awaited<ReturnType<typeof randomRun>>) => unknown,
): Promise<void> {
  for (let number = 0; number < count; number++) {
    const given = await randomRun(number);
    try {
      await check(given);
    } catch (error) {
      throw new Error(`TEST_SEED=${seed}, run ${number}`, { cause: error });
    }
  }
}

async function randomRun(number: number) {
  const random = seededRandom(seed + number);
  const store = memoryRunStore();
  const maxConcurrentActions = number % 3 === 0 ? 2 : Number.POSITIVE_INFINITY;
  const run = await runOf((flow, work) => writeRandomBody(flow, work, random), {
    ...(number % 2 === 0 && { store }),
    maxConcurrentActions,
  });
  return { run, store, isStored: number % 2 === 0, isBounded: maxConcurrentActions === 2 };
}

function executionsAt(view: RunView, paths: readonly string[]): readonly ExecutionView[] {
  const byPath = new Map(view.executions.map((one) => [one.path, one]));
  return paths.map((path) => byPath.get(path) as ExecutionView);
}

describe('the view of a random run', { timeout: 60_000 }, () => {
  it('has a critical path from its beginning to its end, without a gap', async () => {
    await forRandomRuns(({ run, isBounded }) => {
      const view = viewOf(run);
      const path = executionsAt(view, view.analysis.criticalPath);
      let time = view.startTime;
      for (const { startTime, endTime } of path) {
        expect(startTime).toBeGreaterThanOrEqual(time);
        // A place among the handlers at work is all that there is to wait for.
        if (!isBounded) expect(startTime).toBe(time);
        time = endTime;
      }
      expect(time).toBe(view.endTime);
    });
  });

  it('is replayed in the time that it took, when nothing is taken out', async () => {
    await forRandomRuns(({ run }) => {
      const trace = traceOf(snapshot(run));
      findReadyTimes(trace);

      expect(replay(trace, undefined)).toBeCloseTo(trace.end - trace.start, 6);
    });
  });

  it('has a bottleneck on its critical path, without which it is faster', async () => {
    await forRandomRuns(({ run }) => {
      const view = viewOf(run);
      const { makespan, bottleneck, criticalPath } = view.analysis;
      if (bottleneck === undefined) return;
      expect(bottleneck.without).toBeLessThan(makespan);
      const onPath = executionsAt(view, criticalPath)
        .filter(({ address }) => address === bottleneck.address)
        .reduce((sum, { startTime, endTime }) => sum + endTime - startTime, 0);
      expect(bottleneck.onPath).toBe(onPath);
    });
  });

  it('has nothing that is ready before what it is in, or that starts before it is ready', async () => {
    await forRandomRuns(({ run }) => {
      const view = viewOf(run);
      for (const { readyTime, startTime, endTime } of view.executions) {
        expect(readyTime).toBeGreaterThanOrEqual(view.startTime);
        expect(startTime).toBeGreaterThanOrEqual(readyTime);
        expect(endTime).toBeGreaterThanOrEqual(startTime);
      }
    });
  });

  it('is the same of the run in its store', async () => {
    await forRandomRuns(async ({ run, store, isStored }) => {
      if (!isStored) return;
      const { analysis, ...seen } = viewOf(run);
      const { analysis: readAnalysis, ...read } = await readView(store, 'r');

      expect(read).toEqual(seen);
      // Of iterations that were not kept, only the process of the run knows how long they took.
      const outliers = expect.any(Array);
      expect(readAnalysis).toEqual({ ...analysis, outliers });
    });
  });
});
