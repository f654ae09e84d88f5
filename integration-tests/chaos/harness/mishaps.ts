/**
 * What goes wrong while a crew works, and when.
 *
 * Invariant: a mishap happens when a certain share of the work is done, not at a certain time. So a slow
 * machine sees as many of them as a fast one, and a seed brings back the same plan on both.
 * @module
 */
import { type Clock, type Random, systemClock } from '@runafter/clock';
import type { Crew } from './crew.ts';

/** One thing that goes wrong. */
export interface Mishap {
  /** The share of the work after which it is due, 0 to 1. */
  readonly at: number;
  /** Makes it happen. False: not possible at the moment, so it is tried again soon. */
  readonly strike: () => boolean;
}

/** When mishaps happen: not before all processes are at work, and not after the first have finished. */
const earliest = 0.02;
const latest = 0.9;

/** Milliseconds between two looks at how far the work has come. */
const tick = 5;
/** A crew that does nothing for so many milliseconds is stuck, unless told otherwise. */
const minute = 60_000;

/** The same mishap a number of times, at random moments of the work. */
export function scatter(count: number, random: Random, strike: () => boolean): Mishap[] {
  return Array.from({ length: count }, () => ({
    at: earliest + random() * (latest - earliest),
    strike,
  }));
}

/** One worker that is in the middle of its work is killed. */
export function killAny(crew: Crew, random: Random): boolean {
  const { busy } = crew;
  const worker = busy[Math.floor(random() * busy.length)];
  if (worker === undefined) return false;
  crew.kill(worker);
  return true;
}

/** What is needed to lead a crew through its mishaps. */
export interface Ordeal {
  readonly mishaps: readonly Mishap[];
  /** How much the crew has to do. */
  readonly total: number;
  /** Called again and again with how much it has done. */
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
  /** A crew that does nothing for so many milliseconds is stuck. Default: 60,000. */
  readonly patience?: number;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/**
 * Lets a crew work while things go wrong.
 *
 * @returns how long nothing was done at most, in milliseconds: whoever hangs shows here.
 * @throws {Error} a worker has failed, or nothing was done for as long as `patience`.
 */
export async function goThrough(
  crew: Pick<Crew, 'done' | 'finished'>,
  { mishaps, total, onProgress, signal, patience = minute, clock = systemClock }: Ordeal,
): Promise<number> {
  let isOver = false;
  const over = crew.finished.finally(() => {
    isOver = true;
  });
  // Whoever gives up first does not hear of it.
  over.catch(() => {});
  let toCome = mishaps.toSorted((a, b) => a.at - b.at);
  let done = 0;
  let progressAt = clock.monotonic();
  let longestPause = 0;
  while (!isOver) {
    signal.throwIfAborted();
    const before = done;
    done = crew.done;
    onProgress(done);
    const now = clock.monotonic();
    const pause = now - progressAt;
    if (done > before) progressAt = now;
    // Before the first, the processes have to start.
    if (before > 0) longestPause = Math.max(longestPause, pause);
    if (pause > patience && done === before) {
      throw new Error(`Nothing was done for ${patience / 1_000} s, at ${done} of ${total}.`);
    }
    const share = done / total;
    toCome = toCome.filter(({ at, strike }) => at > share || !strike());
    await Promise.race([over, clock.sleep(tick)]);
  }
  await over;
  onProgress(crew.done);
  return longestPause;
}
