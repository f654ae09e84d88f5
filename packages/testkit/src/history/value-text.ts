/**
 * A value as text, the same text for equal values and another for others: `8`, `8n`, `'8'`, `{ a: 1 }`.
 * @module
 */
import { inspect } from 'node:util';

/**
 * Writes a value as JavaScript would, in one line, whole, its keys sorted.
 *
 * Two plain values (also nested, also Maps and Sets) are equal exactly when their texts are, so the
 * text serves as a key as well as to be read.
 */
export function valueText(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return `${value}n`;
    case 'boolean':
    case 'undefined':
      return String(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'string':
      if (isPlain.test(value)) return `'${value}'`;
  }
  return inspect(value, {
    breakLength: Infinity,
    compact: true,
    depth: Infinity,
    maxArrayLength: Infinity,
    maxStringLength: Infinity,
    sorted: true,
  });
}

/** Text that `inspect` would put between quotes as it is; this is many times faster. */
const isPlain = /^[\w .,:;/#-]*$/;
