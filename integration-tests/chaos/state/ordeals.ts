/**
 * How much is done and how much goes wrong, in a full run and in a quick one.
 * @module
 */
import type { Random } from '@runafter/clock';
import type { Crew } from '../harness/crew.ts';
import type { FaultyNetwork } from '../harness/faulty-network.ts';
import { killAny, type Mishap, scatter } from '../harness/mishaps.ts';
import type { StateTask } from './task.ts';

/** How many of what there are. */
export interface Measure {
  readonly processes: number;
  readonly kills: number;
  readonly lostReplies: number;
  readonly outages: number;
  readonly slowTimes: number;
}

const full: Readonly<Record<StateTask['part'], Measure>> = {
  counter: { processes: 8, kills: 40, lostReplies: 60, outages: 4, slowTimes: 4 },
  document: { processes: 8, kills: 20, lostReplies: 40, outages: 2, slowTimes: 2 },
};
const quick: Readonly<Record<StateTask['part'], Measure>> = {
  counter: { processes: 8, kills: 6, lostReplies: 10, outages: 1, slowTimes: 1 },
  document: { processes: 4, kills: 3, lostReplies: 6, outages: 1, slowTimes: 1 },
};

/** How many operations one document sees, and how many a process has under way at once. */
export const updates = { full: 4_000, quick: 240, inFlight: 4 };

/** @param isQuick - true for CI. */
export function measureOf(part: StateTask['part'], isQuick: boolean): Measure {
  return (isQuick ? quick : full)[part];
}

/** @param network - undefined where there is none. */
export function planMishaps(
  measure: Measure,
  random: Random,
  crew: Crew,
  network: FaultyNetwork | undefined,
): Mishap[] {
  const kills = scatter(measure.kills, random, () => killAny(crew, random));
  if (network === undefined) return kills;
  return [
    ...kills,
    ...scatter(measure.lostReplies, random, () => network.loseReply()),
    ...scatter(measure.outages, random, () => network.breakDown()),
    ...scatter(measure.slowTimes, random, () => network.slowDown()),
  ];
}
