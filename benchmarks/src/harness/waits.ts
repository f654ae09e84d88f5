/**
 * Measures how long single waits take, on two sides by turns, as duel.ts does.
 * @module
 */
import type { Waits } from './statistics.ts';
import type { WaitingSide } from './work.ts';

export interface WaitsOptions {
  /** Measured rounds of each side, after one that is not measured. */
  readonly rounds: number;
  /** Called before each pair of rounds. */
  readonly onRound?: (round: number) => void;
}

/** Runs the rounds. */
export async function measureWaits(
  ours: WaitingSide,
  theirs: WaitingSide,
  { rounds, onRound }: WaitsOptions,
): Promise<Waits> {
  await using cleanup = new AsyncDisposableStack();
  const once = { ours: await ours.prepare(cleanup), theirs: await theirs.prepare(cleanup) };
  await once.ours();
  await once.theirs();
  const waits: { ours: (readonly number[])[]; theirs: (readonly number[])[] } = {
    ours: [],
    theirs: [],
  };
  for (let round = 0; round < rounds; round++) {
    onRound?.(round);
    for (const side of round % 2 === 0 ? order : order.toReversed()) {
      waits[side].push(await once[side]());
    }
  }
  return waits;
}

const order: readonly (keyof Waits)[] = ['ours', 'theirs'];
