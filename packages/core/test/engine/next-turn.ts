/**
 * Waiting without time: for code whose every wait is a promise.
 * @module
 */

/** Resolves when all promise chains that can go on have come to rest. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
