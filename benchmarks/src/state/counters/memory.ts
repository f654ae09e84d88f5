/**
 * Memory: a Map, and a Set of ids. Nothing is awaited there, so the ratio is the price of the port itself:
 * promises, checks of names and amounts, the range of 64 bits.
 * @module
 */
import { inCounter, inCounterOnce, newId } from '../tallies.ts';
import type { OpenTallies, Tally } from '../tally.ts';
import type { Contest } from './contest.ts';

async function openCounter() {
  const { memoryCounter } = await import('@runafter/counter');
  return memoryCounter();
}

function raw({ withId }: { readonly withId: boolean }): OpenTallies {
  return async () => {
    const values = new Map<string, bigint>();
    const ids = new Set<string>();
    const add = (count: number) => {
      for (let addition = 0; addition < count; addition++) {
        if (withId) {
          const id = newId();
          if (ids.has(id)) continue;
          ids.add(id);
        }
        values.set('orders', (values.get('orders') ?? 0n) + 1n);
      }
    };
    const tally: Tally = {
      addOneByOne: add,
      addAtOnce: add,
      read: async () => Number(values.get('orders')),
    };
    return [tally];
  };
}

export const memory: Contest = {
  backend: 'memory',
  additions: 1_000,
  plain: { ours: inCounter(openCounter), peer: 'Map', theirs: raw({ withId: false }) },
  once: { ours: inCounterOnce(openCounter), peer: 'Map and Set', theirs: raw({ withId: true }) },
};
