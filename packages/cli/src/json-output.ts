/**
 * Results for programs: one JSON document, or JSON lines where there is one after the other.
 *
 * Invariant: whatever a workflow hands over can be written. What JSON does not know becomes the nearest
 * that it does: a bigint its digits, a Map its entries, a Set its elements, an error its code and message.
 * @module
 */
import { toFault } from '@runafter/errors';
import { printable } from './printable.ts';
import type { Output } from './session.ts';

/** Writes one document, for people to read as well. */
export function writeJson(output: Output, value: unknown): void {
  output.write(`${toJson(value, 2)}\n`);
}

/** Writes one line of a stream. */
export function writeJsonLine(output: Output, value: unknown): void {
  output.write(`${toJson(value)}\n`);
}

/** A value as JSON; `null` for what has none. */
export function toJson(value: unknown, indent?: number): string {
  const around: unknown[] = [];
  const text = JSON.stringify(
    value,
    function (this: unknown, _key, each: unknown) {
      const plain = plainOf(each);
      if (typeof plain !== 'object' || plain === null) return plain;
      // What this is in: everything behind its holder has been left again.
      around.length = around.indexOf(this) + 1;
      if (around.includes(plain)) return '[circular]';
      around.push(plain);
      return plain;
    },
    indent,
  );
  // Only texts have them: DEL and C1, which JSON allows and a terminal obeys.
  return text?.replaceAll(/[\u007f-\u009f]/g, printable) ?? 'null';
}

function plainOf(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map) return [...value];
  if (value instanceof Set) return [...value];
  if (value instanceof Error) {
    const { code, message } = toFault(value);
    return { code, message };
  }
  return value;
}
