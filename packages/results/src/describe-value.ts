/**
 * A few words for a value that should have been something else, for error messages.
 *
 * Of texts and objects only the kind and the keys are told, never what they hold: that may be secret,
 * or huge.
 * @module
 */
import { readProperty } from '@runafter/errors';

/** Says what a value is, such as `a string` or `an object with the keys id, name`. Never throws. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'object':
      return value === null ? 'null' : describeObject(value);
    case 'undefined':
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return `a ${typeof value}`;
  }
}

/** Whether a value is a promise, also one of another realm or library. Never throws. */
export function isPromise(value: unknown): boolean {
  return typeof value === 'object' && typeof readProperty(value, 'then') === 'function';
}

function describeObject(value: object): string {
  if (isPromise(value)) return 'a Promise (await it first)';
  try {
    if (Array.isArray(value)) return 'an array';
    const keys = Object.keys(value);
    if (keys.length === 0) return 'an object without keys';
    return `an object with the keys ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ', …' : ''}`;
  } catch {
    return 'an object that cannot be read';
  }
}
