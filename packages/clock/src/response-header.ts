/**
 * Finds a header of an HTTP response in the places where HTTP clients put it.
 * @module
 */
import { readProperty } from '@runafter/errors';

/**
 * A header of a response, or of the response that an error carries. Never throws.
 *
 * Looks at `headers` and `response.headers`, which may be anything with a `get` (fetch, Azure SDK) or a plain
 * object (axios, undici, Node), whatever the case of its keys. Of several values the first counts.
 *
 * @param name - in lower case.
 */
export function responseHeader(fault: unknown, name: string): string | undefined {
  return (
    headerIn(readProperty(fault, 'headers'), name) ??
    headerIn(readProperty(readProperty(fault, 'response'), 'headers'), name)
  );
}

function headerIn(headers: unknown, name: string): string | undefined {
  return textOf(gotten(headers, name)) ?? textOf(entry(headers, name));
}

function gotten(headers: unknown, name: string): unknown {
  try {
    const get = readProperty(headers, 'get');
    return typeof get === 'function' ? get.call(headers, name) : undefined;
  } catch {
    return undefined;
  }
}

function entry(headers: unknown, name: string): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined;
  try {
    const key = Object.keys(headers).find((each) => each.toLowerCase() === name);
    return key === undefined ? undefined : readProperty(headers, key);
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return value;
  // Node keeps every value of a header that came more than once.
  const first = readProperty(value, 0);
  return typeof first === 'string' ? first : undefined;
}
