/**
 * Fan-out and fan-in: one action, 1,000 that run after it, and one that runs after all of these.
 *
 * The graph is defined once on every side; measured is running it.
 * @module
 */
import type { Flow } from '@runafter/core';
import type { Duel, Side } from '../harness/work.ts';
import { sum } from './items.ts';

const width = 1_000;

const first = async () => 1;
const branch = async (value: number, index: number) => value + index;

const last = async (values: readonly number[]) => sum(values);

const side = (prepare: Side['prepare']): Side => ({
  units: 1,
  expected: width + (width * (width - 1)) / 2,
  prepare,
});

const indexes = Array.from({ length: width }, (_, index) => index);

export const fanWork: Duel = {
  kind: 'duel',
  name: '1 → 1,000 → 1',
  unit: 'µs/run',
  ours: side(async () => {
    const { start, workflow } = await import('@runafter/core');
    const fan = workflow('Fan', (flow: Flow<undefined>) => {
      const one = flow.action('First', first);
      const branches = indexes.map((index) =>
        flow.action(`Branch_${index}`, [one], ([value]) => branch(value, index)),
      );
      return flow.action('Last', branches, (values) => last(values));
    });
    return async () => {
      const run = await start(fan, undefined).finished;
      return run.status === 'Succeeded' ? run.outputs : Number.NaN;
    };
  }),
  peers: {
    'hand-written': side(async () => async () => {
      const value = await first();
      return last(await Promise.all(indexes.map((index) => branch(value, index))));
    }),
    'async.auto': {
      ...side(async () => {
        const { auto } = await import('async');
        const names = indexes.map((index) => `Branch_${index}`);
        type Results = Record<string, number>;
        const tasks: Record<string, unknown> = { First: first };
        for (const [index, name] of names.entries()) {
          tasks[name] = ['First', async ({ First = 0 }: Results) => branch(First, index)];
        }
        tasks.Last = [
          ...names,
          async (results: Results) => last(names.map((name) => results[name] ?? 0)),
        ];
        return async () => {
          const { Last = Number.NaN } = await auto<Results>(tasks as never);
          return Last;
        };
      }),
      target: 0.05,
    },
  },
};
