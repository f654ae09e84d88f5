/**
 * Values as error messages show them: short, and never the inside of an object, which may be secret.
 * @module
 */
const maxText = 80;

/** A short text for any value: a string quoted, a number as it is, an object by its kind. */
export function showValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.length > maxText ? `${value.slice(0, maxText)}…` : value);
    case 'function':
      return 'a function';
    case 'object':
      if (value === null) return 'null';
      if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
      return isThenable(value) ? 'a promise' : 'an object';
    case 'bigint':
      return `${value}n`;
    default:
      return String(value);
  }
}

/** Whether a value is a promise, or something that can be awaited like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
