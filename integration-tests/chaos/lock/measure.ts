/**
 * How much is done and how much goes wrong, in a full run and in a quick one.
 * @module
 */
import type { LockBackend } from './backend.ts';

/** How many of what there are. */
export interface Measure {
  /** One is paused, one may be killed meanwhile, and others go on. */
  readonly processes: number;
  /** How many zombies there are to be at least. */
  readonly zombies: number;
  /** How many of its locks a process keeps until it is paused. */
  readonly keepers: number;
  /** How many further locks there are, which are worked at all the time. */
  readonly others: number;
  /** Replies that are lost before each pause. */
  readonly lostReplies: number;
  /** Before every so many pauses, connections are cut for a while. */
  readonly pausesPerOutage: number;
  /** Milliseconds of work before a pause. */
  readonly work: number;
}

const processes = 4;
const others = 4;

/** @param isQuick - true for CI. */
export function measureOf({ heldAtOnce }: LockBackend, isQuick: boolean): Measure {
  const shared = { processes, others, lostReplies: 3, pausesPerOutage: 3, work: 200 };
  if (isQuick) return { ...shared, zombies: 8, keepers: Math.min(heldAtOnce, 8) };
  return { ...shared, zombies: 200, keepers: heldAtOnce };
}
