/**
 * Lets console.log show what JSON.stringify would write: records keep little and derive the rest, so
 * their own fields say nothing to a reader.
 * @module
 */
import { inspect } from 'node:util';

/** Makes `console.log` show instances of the class by their `toJSON()`, without undefined values. */
export function showAsJson(shown: { readonly prototype: { toJSON(): object } }): void {
  Object.defineProperty(shown.prototype, inspect.custom, {
    value(this: { toJSON(): object }): object {
      const entries = Object.entries(this.toJSON());
      return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    },
  });
}
