/**
 * Turns the fields of an error into plain JSON data.
 *
 * Invariant: the result always passes through JSON.stringify, and no error inside it shows more than
 * its name and code, because the messages and fields of foreign errors may hold secrets.
 * @module
 */
import { readProperty } from './read-property.ts';

const notFacts: ReadonlySet<string> = new Set(['name', 'code', 'message', 'stack', 'cause']);
const maxDepth = 4;

/** The own enumerable fields of an error apart from name, code, message, stack and cause. */
export function toJsonFacts(error: Error): Record<string, unknown> {
  const facts: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    if (!notFacts.has(key)) facts[key] = toJson(readProperty(error, key), 0);
  }
  return facts;
}

function toJson(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'function':
    case 'symbol':
      return undefined;
    case 'object':
      return value === null ? null : objectToJson(value, depth);
    default:
      return value;
  }
}

function objectToJson(value: object, depth: number): unknown {
  try {
    if (value instanceof Error) {
      return {
        name: readProperty(value, 'name'),
        code: toJson(readProperty(value, 'code'), maxDepth),
      };
    }
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (depth === maxDepth) return '…';
    if (Array.isArray(value)) return value.map((item) => toJson(item, depth + 1));
    return Object.fromEntries(
      Object.keys(value).map((key) => [key, toJson(readProperty(value, key), depth + 1)]),
    );
  } catch {
    return '[unreadable]';
  }
}
