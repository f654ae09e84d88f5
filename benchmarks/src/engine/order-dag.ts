/**
 * A small DAG, run 10,000 times, one run after the other: A; B and C after A; D after both; E after D.
 *
 * Every side passes A's value down both branches, and sums what the runs hand over.
 * @module
 */
import type { Flow, StartOptions, Workflow } from '@runafter/core';
import type { Duel, Side } from '../harness/work.ts';

const runs = 10_000;

const a = async (input: number) => input + 1;
const b = async (fromA: number) => fromA + 2;
const c = async (fromA: number) => fromA + 3;
const d = async (fromB: number, fromC: number) => fromB + fromC;
const e = async (fromD: number) => fromD + 5;

/** A side is what it takes to run the DAG once; `prepare` gives that. */
function side(prepare: () => Promise<(input: number) => Promise<number>>): Side {
  return {
    units: runs,
    expected: runs * (runs - 1) + runs * 12,
    async prepare() {
      const runOnce = await prepare();
      return async () => {
        let total = 0;
        for (let input = 0; input < runs; input++) total += await runOnce(input);
        return total;
      };
    },
  };
}

/** Runs the DAG once, and sums what it hands over. */
export type OrderDag = (input: number, options?: StartOptions) => Promise<number>;

/** The DAG as a workflow: it hands over twice its input, and 12. */
export async function orderDagWorkflow(): Promise<Workflow<number, number>> {
  const { workflow } = await import('@runafter/core');
  return workflow('Dag', (flow: Flow<number>) => {
    const A = flow.action('A', ({ input }) => a(input));
    const B = flow.action('B', [A], ([fromA]) => b(fromA));
    const C = flow.action('C', [A], ([fromA]) => c(fromA));
    const D = flow.action('D', [B, C], ([fromB, fromC]) => d(fromB, fromC));
    return flow.action('E', [D], ([fromD]) => e(fromD));
  });
}

/** Our side: the records are there when a run has ended. */
export async function orderDag(): Promise<OrderDag> {
  const { start } = await import('@runafter/core');
  const dag = await orderDagWorkflow();
  return async (input, options) => {
    const run = await start(dag, input, options).finished;
    return run.status === 'Succeeded' && run.results.length === 5 ? run.outputs : Number.NaN;
  };
}

export const orderDagWork: Duel = {
  kind: 'duel',
  name: 'DAG A; B ∥ C; D; E, 10,000 runs, full records',
  unit: 'µs/run',
  ours: side(orderDag),
  peers: {
    'hand-written': side(async () => async (input) => {
      const fromA = await a(input);
      const [fromB, fromC] = await Promise.all([b(fromA), c(fromA)]);
      return e(await d(fromB, fromC));
    }),
    'async.auto': {
      ...side(async () => {
        const { auto } = await import('async');
        type Results = Record<'A' | 'B' | 'C' | 'D' | 'E', number>;
        return async (input) => {
          // auto has no input, so the tasks close over the run's.
          const tasks = {
            A: async () => a(input),
            B: ['A', async ({ A }: Results) => b(A)],
            C: ['A', async ({ A }: Results) => c(A)],
            D: ['B', 'C', async ({ B, C }: Results) => d(B, C)],
            E: ['D', async ({ D }: Results) => e(D)],
          };
          const { E } = await auto<Results>(tasks as never);
          return E;
        };
      }),
      target: 0.85,
    },
    effect: side(async () => {
      const { Effect } = await import('effect');
      const program = (input: number) =>
        Effect.gen(function* () {
          const fromA = yield* Effect.promise(() => a(input));
          const [fromB, fromC] = yield* Effect.all(
            [Effect.promise(() => b(fromA)), Effect.promise(() => c(fromA))],
            { concurrency: 'unbounded' },
          );
          const fromD = yield* Effect.promise(() => d(fromB, fromC));
          return yield* Effect.promise(() => e(fromD));
        });
      return (input) => Effect.runPromise(program(input));
    }),
  },
};
