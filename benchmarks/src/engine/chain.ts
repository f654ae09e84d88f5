/**
 * Chains, in which each action runs after the one before: that a long one costs no more for each
 * action than a short one, with handlers that return at once and with async ones.
 *
 * The chain is defined once on every side; measured is running it. The hand-written loop awaits what
 * a handler returns, as whoever takes both kinds has to.
 * @module
 */
import type { Flow } from '@runafter/core';
import type { Duel, Side } from '../harness/work.ts';

type HandlerKind = 'sync' | 'async';
type Step = (value: number) => number | Promise<number>;

const steps: Readonly<Record<HandlerKind, Step>> = {
  sync: (value) => value + 1,
  async: async (value) => value + 1,
};

const side = (length: number, prepare: Side['prepare']): Side => ({
  units: length,
  expected: length,
  prepare,
});

/** Our side: a chain of `length` actions, each of which adds 1. */
function ours(length: number, kind: HandlerKind): Side {
  return side(length, async () => {
    const { start, workflow } = await import('@runafter/core');
    const step = steps[kind];
    const chain = workflow('Chain', (flow: Flow<number>) => {
      let last = flow.action('Step_0', ({ input }) => step(input));
      for (let index = 1; index < length; index++) {
        last = flow.action(`Step_${index}`, [last], ([value]) => step(value));
      }
      return last;
    });
    return async () => {
      const run = await start(chain, 0).finished;
      return run.status === 'Succeeded' ? run.outputs : Number.NaN;
    };
  });
}

function handWritten(length: number, kind: HandlerKind): Side {
  return side(length, async () => {
    const step = steps[kind];
    return async () => {
      let value = 0;
      for (let index = 0; index < length; index++) value = await step(value);
      return value;
    };
  });
}

function asyncAuto(length: number): Side {
  return side(length, async () => {
    const { auto } = await import('async');
    type Results = Record<string, number>;
    const tasks: Record<string, unknown> = { Step_0: async () => steps.async(0) };
    for (let index = 1; index < length; index++) {
      const previous = `Step_${index - 1}`;
      tasks[`Step_${index}`] = [
        previous,
        async (results: Results) => steps.async(results[previous] ?? Number.NaN),
      ];
    }
    const end = `Step_${length - 1}`;
    return async () => (await auto<Results>(tasks as never))[end] ?? Number.NaN;
  });
}

function chainWork(length: number, kind: HandlerKind, peers: Duel['peers'] = {}): Duel {
  return {
    kind: 'duel',
    name: `chain of ${length.toLocaleString('en-US')}, ${kind} handlers`,
    unit: 'ns/action',
    ours: ours(length, kind),
    peers: { 'hand-written': handWritten(length, kind), ...peers },
  };
}

function longChainWork(kind: HandlerKind): Duel {
  const short = { 'own chain of 1,000': { ...ours(1_000, kind), target: 2 } };
  return chainWork(100_000, kind, short);
}

export const chainWorks: readonly Duel[] = [
  chainWork(1_000, 'async', { 'async.auto': { ...asyncAuto(1_000), target: 0.05 } }),
  chainWork(10_000, 'async'),
  longChainWork('async'),
  chainWork(1_000, 'sync'),
  chainWork(10_000, 'sync'),
  longChainWork('sync'),
];
