/**
 * Loops of a million items: memory that does not grow with them, and stacks that do not either.
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type EachFlow, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const million = 1_000_000;
const megabyte = 1_000_000;

/** Counts to a million, and notes the most memory that was in use on the way. */
class Counter {
  readonly #idle = memoryInUse();
  /** Bytes above what was in use before the first item. */
  peak = 0;

  *items(): Generator<number> {
    for (let item = 0; item < million; item++) {
      if (item % 250_000 === 249_999) this.peak = Math.max(this.peak, memoryInUse() - this.#idle);
      yield item;
    }
  }

  async *stream(): AsyncGenerator<number> {
    yield* this.items();
  }
}

function memoryInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

type Body = <S>(each: EachFlow<unknown, S, number>) => void;

const twoSteps: Body = (each) => {
  const work = each.action('Work', ({ item }) => item);
  each.action('Note', [work], ([work]) => work);
};

const oneAsyncStep: Body = (each) => {
  each.action('Work', async ({ item }) => item);
};

describe('a loop over a million items that keeps the summary', () => {
  it.each<{ what: string; source: 'items' | 'stream'; body: Body; concurrency: number }>([
    { what: 'two sync steps', source: 'items', body: twoSteps, concurrency: 1 },
    { what: 'an async step, 20 at once', source: 'items', body: oneAsyncStep, concurrency: 20 },
    { what: 'a stream', source: 'stream', body: twoSteps, concurrency: 20 },
  ])(
    'needs no more memory for them: $what',
    async ({ source, body, concurrency }) => {
      const counter = new Counter();
      const flow = workflow('Million', (flow) => {
        // Behind something else, the loop is started by the end of that.
        const first = flow.action('First', () => 1);
        return flow.forEach('Loop', [first], () => counter[source](), body, {
          keep: 'summary',
          concurrency,
        });
      });

      const result = await start(flow, undefined).finished;

      expect(result).toMatchObject({ outputs: { total: million, Succeeded: million } });
      expect(counter.peak / megabyte).toBeLessThan(10);
    },
    60_000,
  );
});

describe('a loop with keep: failures', () => {
  it('holds on to the failed iterations alone, in item order', async () => {
    const flow = workflow('Few_Failures', (flow) => {
      const loop = flow.forEach(
        'Loop',
        [],
        () => Array.from({ length: 20_000 }, (_, index) => index),
        (each) => {
          each.action('Work', async ({ item }) => {
            if (item % 5_000 === 17) throw new Error(`no ${item}`);
          });
        },
        { keep: 'failures', concurrency: 50 },
      );
      return flow.action('Failures', [settled(loop)], ([loop]) =>
        loop.iterations.map(({ item }) => item),
      );
    });

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ outputs: [17, 5_017, 10_017, 15_017] });
    expect(result.results[0]?.counts).toMatchObject({ total: 20_000, Failed: 4 });
  });
});
