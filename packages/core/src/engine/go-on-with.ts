/**
 * Functions of a definition may give a value or a promise of one: one way to go on with either.
 * @module
 */
import { isThenable } from '../definition/rules/show-value.ts';

/**
 * Calls a function of the user's, and goes on with what it gives: in the same turn when that is a
 * value, later when it is a promise. What it, its promise or `next` throws goes to `failed`.
 *
 * @param isPromise - tells a promise from a value. Default: anything that has a `then`.
 */
export function goOnWith(
  call: () => unknown,
  next: (value: unknown) => void,
  failed: (thrown: unknown) => void,
  isPromise: (given: unknown) => boolean = isThenable,
): void {
  try {
    const given = call();
    if (isPromise(given)) Promise.resolve(given).then(next).catch(failed);
    else next(given);
  } catch (thrown) {
    failed(thrown);
  }
}
