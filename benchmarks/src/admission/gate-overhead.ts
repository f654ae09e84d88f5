/**
 * What a run gate costs for each piece of work that goes through it: 100,000 go in, 20 at once, and those who
 * cannot go in yet wait.
 * @module
 */
import type { Duel, Side } from '../harness/work.ts';

const count = 100_000;
const concurrency = 20;

/** Something asynchronous that takes no time. */
const work = async (n: number): Promise<number> => n;

const numbers = Array.from({ length: count }, (_, n) => n);
const sum = numbers.reduce((total, n) => total + n, 0);

function side(prepare: () => Promise<(n: number) => Promise<number>>): Side {
  return {
    units: count,
    expected: sum,
    async prepare() {
      const guarded = await prepare();
      return async () => {
        const results = await Promise.all(numbers.map(guarded));
        return results.reduce((total, n) => total + n, 0);
      };
    },
  };
}

export const gateOverheadWork: Duel = {
  kind: 'duel',
  name: '100,000 calls through a gate, 20 at once',
  unit: 'µs/call',
  ours: side(async () => {
    const { runGate } = await import('@runafter/admission');
    const gate = runGate({ concurrency, whenFull: 'wait' });
    return async (n) => {
      using _permit = await gate.enter();
      return await work(n);
    };
  }),
  peers: {
    'p-limit': side(async () => {
      const { default: pLimit } = await import('p-limit');
      const limit = pLimit(concurrency);
      return (n) => limit(work, n);
    }),
  },
};
