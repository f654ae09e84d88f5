/**
 * One order for all limiters of the process.
 *
 * Invariant: an action that needs several limiters takes them in this order, whichever of them
 * stands on the action and which on a container around it. Two actions that took the same two in
 * opposite orders could each hold one and wait for the other for ever.
 * @module
 */
import { concurrencyLimiter, type Limiter } from '@runafter/clock';

const positions = new WeakMap<Limiter, number>();
let seen = 0;

/** The limiters of all the lists, each once, in the global order: first seen, first taken. */
export function inLimiterOrder(...lists: readonly (readonly Limiter[])[]): readonly Limiter[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length <= 1) return filled[0] ?? none;
  return Object.freeze([...new Set(filled.flat())].sort((a, b) => positionOf(a) - positionOf(b)));
}

/** A list of one limiter, or of none. */
export function limiterList(limiter: Limiter | undefined): readonly Limiter[] {
  if (limiter === undefined) return none;
  positionOf(limiter);
  return Object.freeze([limiter]);
}

/** The limiter of a run that bounds its handlers; none where there is no bound. */
export function boundOf(maxConcurrentActions: number | undefined): readonly Limiter[] {
  if (maxConcurrentActions === undefined || maxConcurrentActions === Number.POSITIVE_INFINITY)
    return none;
  return Object.freeze([concurrencyLimiter(maxConcurrentActions)]);
}

const none: readonly Limiter[] = Object.freeze([]);

function positionOf(limiter: Limiter): number {
  let position = positions.get(limiter);
  if (position === undefined) {
    position = seen++;
    positions.set(limiter, position);
  }
  return position;
}
