/**
 * Packs intervals into as few lanes as will do: the slots of a loop's window.
 * @module
 */

/** Something with a beginning and an end. */
export interface Interval {
  readonly startTime: number;
  readonly endTime: number;
}

/**
 * Gives each interval the first lane that is free when it begins. Sorted by their start, as here, this
 * takes as many lanes as there are intervals at once where most are, and no more.
 *
 * @returns the lanes, in each of which nothing overlaps; what only touches does not.
 */
export function packLanes<T extends Interval>(intervals: readonly T[]): T[][] {
  const lanes: T[][] = [];
  const free: number[] = [];
  for (const interval of intervals.toSorted(byStart)) {
    let lane = free.findIndex((time) => time <= interval.startTime);
    if (lane < 0) lane = lanes.push([]) - 1;
    (lanes[lane] as T[]).push(interval);
    free[lane] = interval.endTime;
  }
  return lanes;
}

/** What is shorter comes first, so that something of no length finds room before what begins with it. */
export function byStart(a: Interval, b: Interval): number {
  return a.startTime - b.startTime || a.endTime - b.endTime;
}
