/**
 * A number that clients add to, and the sides of duels that do so.
 *
 * Invariant: when a side has finished, the number is the sum of what was added, or the benchmark fails. So no
 * side is faster because it loses some.
 * @module
 */
import type { Side } from '../harness/work.ts';

/** One client's view of a number. */
export interface Tally {
  /** Adds 1 so many times, each after the one before it is done. */
  addOneByOne(count: number): unknown;
  /** Adds 1 so many times, without waiting in between. */
  addAtOnce(count: number): unknown;
  read(): Promise<number>;
}

/**
 * Opens a new number, which is 0.
 *
 * @param clients - how many views of it, each with a connection of its own.
 */
export type OpenTallies = (
  clients: number,
  cleanup: AsyncDisposableStack,
) => Promise<readonly Tally[]>;

/** A tally on a client whose calls give promises. */
export function tallyOf(add: () => Promise<unknown>, read: () => Promise<number>): Tally {
  return {
    async addOneByOne(count) {
      for (let addition = 0; addition < count; addition++) await add();
    },
    addAtOnce: (count) => Promise.all(Array.from({ length: count }, add)),
    read,
  };
}

/** One client that waits for each addition. */
export function oneByOne(open: OpenTallies, count: number): Side {
  return side(open, 1, count, (tally) => tally.addOneByOne(count));
}

/** One client with so many additions under way. */
export function atOnce(open: OpenTallies, count: number): Side {
  return side(open, 1, count, (tally) => tally.addAtOnce(count));
}

/** Several clients, as processes would be, each of which waits for each of its additions. */
export function sideBySide(
  open: OpenTallies,
  { clients, each }: { readonly clients: number; readonly each: number },
): Side {
  return side(open, clients, clients * each, (tally) => tally.addOneByOne(each));
}

function side(
  open: OpenTallies,
  clients: number,
  units: number,
  add: (tally: Tally) => unknown,
): Side {
  return {
    units,
    expected: units,
    async prepare(cleanup) {
      const tallies = await open(clients, cleanup);
      let added = 0;
      cleanup.defer(async () => {
        const sum = await tallies[0]?.read();
        if (sum !== added) throw new Error(`${added} were added, and the sum is ${sum}.`);
      });
      return async () => {
        await Promise.all(tallies.map(add));
        added += units;
        return units;
      };
    },
  };
}
