/**
 * Measures two sides by turns: ours, theirs, theirs, ours, …
 *
 * Invariant: both sides see the same machine. They alternate round by round and swap who goes first,
 * so a machine that slows down weighs on both, and each round starts with an empty young generation,
 * so that none pays for the other's garbage.
 * @module
 */
import type { Samples } from './statistics.ts';
import type { Side } from './work.ts';

/** How much to measure. Times in milliseconds. */
export interface Effort {
  /** Measured rounds of each side. */
  readonly rounds: number;
  /** How long each side does the work before it is measured, so that the JIT compiler has done its own. */
  readonly warmUp: number;
  /** How long a round takes at least: the work is repeated until then, and its mean time counts. */
  readonly roundTime: number;
}

export interface DuelOptions extends Effort {
  /** Called before each pair of rounds. */
  readonly onRound?: (round: number) => void;
  /** Milliseconds. */
  readonly now?: () => number;
  /** Called before each round. Default: empties the young generation, with Node's --expose-gc. */
  readonly tidy?: () => void;
}

/**
 * Runs the rounds.
 *
 * @returns the times of the rounds, in milliseconds for each unit of work.
 * @throws {Error} the work returned something else than its side said: it was not done.
 */
export async function duel(ours: Side, theirs: Side, options: DuelOptions): Promise<Samples> {
  const { rounds, onRound, now = () => performance.now(), tidy = collectYoungGarbage } = options;
  await using cleanup = new AsyncDisposableStack();
  const contestants = {
    ours: await Contestant.warmedUp(ours, options, now, cleanup),
    theirs: await Contestant.warmedUp(theirs, options, now, cleanup),
  };
  const samples: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round++) {
    onRound?.(round);
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      tidy();
      samples[side].push(await contestants[side].round());
    }
  }
  return samples;
}

const order: readonly (keyof Samples)[] = ['ours', 'theirs'];

/** At least so many times, however long one takes. */
const leastWarmUps = 2;

class Contestant {
  readonly #side: Side;
  readonly #once: () => unknown;
  readonly #now: () => number;
  /** How often a round does the work. */
  #repeats = 1;

  private constructor(side: Side, once: () => unknown, now: () => number) {
    this.#side = side;
    this.#once = once;
    this.#now = now;
  }

  /** Prepares a side, and finds out on the way how often its work fits into a round. */
  static async warmedUp(
    side: Side,
    effort: Effort,
    now: () => number,
    cleanup: AsyncDisposableStack,
  ): Promise<Contestant> {
    const contestant = new Contestant(side, await side.prepare(cleanup), now);
    let spent = 0;
    let last = 0;
    for (let count = 0; count < leastWarmUps || spent < effort.warmUp; count++) {
      last = await contestant.#time();
      spent += last;
    }
    contestant.#repeats = Math.max(1, Math.ceil(effort.roundTime / last));
    return contestant;
  }

  /** @returns the mean time of the work, for each unit. */
  async round(): Promise<number> {
    return (await this.#time()) / this.#repeats / this.#side.units;
  }

  async #time(): Promise<number> {
    const { expected } = this.#side;
    const start = this.#now();
    for (let repeat = 0; repeat < this.#repeats; repeat++) {
      const result = await this.#once();
      if (!Object.is(result, expected)) {
        throw new Error(`The work returned ${String(result)} in place of ${String(expected)}.`);
      }
    }
    return this.#now() - start;
  }
}

/**
 * A minor collection on purpose. A forced full one slows the round that follows, by up to two times
 * and not equally on both sides: a cost that no program has unless it forces collections.
 */
function collectYoungGarbage(): void {
  globalThis.gc?.({ type: 'minor' });
}
