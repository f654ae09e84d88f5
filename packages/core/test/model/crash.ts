/**
 * How a process comes to its end at one of its writes, and what the next one finds.
 * @module
 */
import { chance, type Draw, pick, times } from './draw.ts';

/**
 * - `dies before`: the write never reached the store. `dies after`: it took effect, nobody was told.
 * - `refused`: the store fails, with nothing written. `unheard`: it fails, and the write took effect.
 * - `suspends`: the process lets go of the run by `run.suspend()` while the write is under way.
 */
export type Fate = 'dies before' | 'dies after' | 'refused' | 'unheard' | 'suspends';

export const fates: readonly Fate[] = [
  'dies before',
  'dies after',
  'refused',
  'unheard',
  'suspends',
];

/** The end of one process; one whose write never comes runs to the end of the run. */
export interface Crash {
  /** Which of its writes, from 1. */
  readonly write: number;
  readonly fate: Fate;
  /** Milliseconds until the next process begins. */
  readonly downtime: number;
  /** The next process calls `resume()`; `start()` otherwise. */
  readonly resumes: boolean;
}

export interface CrashOptions {
  /** How many writes the run makes when nothing interrupts it. */
  readonly writes: number;
  /** Whether time passes between two processes. */
  readonly downtime: boolean;
}

/** One to five crashes, the first at any write of the run; those that follow have fewer left. */
export function randomCrashes(draw: Draw, { writes, downtime }: CrashOptions): readonly Crash[] {
  return times(pick(draw, [1, 2, 2, 3, 5]), (earlier) => ({
    write: draw(1, Math.ceil(writes / (earlier + 1))),
    fate: pick(draw, ['dies after', 'dies before', ...fates] as const),
    downtime: downtime && chance(draw, 50) ? draw(1, 2_000) : 0,
    resumes: chance(draw, 50),
  }));
}
