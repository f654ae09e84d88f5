/**
 * Whatever was thrown, as a code and a message.
 *
 * Invariant: toFault() never throws and never answers with an empty code or message, whatever it is
 * given: strings, undefined, frozen errors, revoked proxies, objects whose getters throw.
 * @module
 */
import type { ErrorCode } from './error-codes.ts';
import { httpStatusOf } from './http-status.ts';
import { readProperty } from './read-property.ts';

/** What was thrown, in the form that records and reports use. */
export interface Fault {
  /** Never empty. See {@link toFault} for where it comes from. */
  readonly code: ErrorCode | (string & {});
  /** Never empty. */
  readonly message: string;
  /** The thrown value itself, untouched. */
  readonly cause: unknown;
}

/** Names that say nothing about what failed, so that the code of a cause is better. */
const builtInNames: ReadonlySet<string> = new Set([
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
]);

/** How many causes are looked through; a chain may be a circle. */
const maxCauses = 8;

/**
 * Gives anything that was thrown a code and a message. Never throws.
 *
 * The code is the first of these that exists:
 * 1. the error's `code`, when it is a string that is not blank (`LOCK_TIMEOUT`, `ECONNRESET`);
 * 2. `HTTP_` and its HTTP status from 400 to 599, see {@link httpStatusOf} (`HTTP_429`);
 * 3. its `name`, when that is not one of the language's own (`AbortError`, `ValidationError`);
 * 4. the code or HTTP status of the nearest cause that has one (`fetch failed` becomes `ECONNREFUSED`);
 * 5. its `name`, when that is not plain `Error` (`TypeError`);
 * 6. `UNKNOWN_ERROR` for an object, `NOT_AN_ERROR` for everything else.
 *
 * The message is the error's own, else those of an AggregateError's errors, else a sentence that says
 * what was thrown.
 *
 * @example
 * toFault(new Error('no')); // { code: 'UNKNOWN_ERROR', message: 'no', cause: Error }
 * toFault(undefined);       // { code: 'NOT_AN_ERROR', message: 'undefined was thrown.', cause: undefined }
 */
export function toFault(thrown: unknown): Fault {
  return { code: codeOf(thrown), message: messageOf(thrown), cause: thrown };
}

function codeOf(thrown: unknown): string {
  const own = ownCodeOf(thrown);
  if (own !== undefined) return own;
  const name = textOf(thrown, 'name');
  if (typeof thrown !== 'function' && name !== undefined && !builtInNames.has(name)) return name;
  const caused = causedCodeOf(thrown);
  if (caused !== undefined) return caused;
  if (name !== undefined && builtInNames.has(name) && name !== 'Error') return name;
  return typeof thrown === 'object' && thrown !== null ? 'UNKNOWN_ERROR' : 'NOT_AN_ERROR';
}

function ownCodeOf(thrown: unknown): string | undefined {
  const code = textOf(thrown, 'code');
  if (code !== undefined) return code;
  const status = httpStatusOf(thrown);
  return status === undefined ? undefined : `HTTP_${status}`;
}

function causedCodeOf(thrown: unknown): string | undefined {
  let cause = readProperty(thrown, 'cause');
  for (let depth = 0; depth < maxCauses && cause !== undefined; depth++) {
    const code = ownCodeOf(cause);
    if (code !== undefined) return code;
    cause = readProperty(cause, 'cause');
  }
  return undefined;
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string')
    return thrown.trim() === '' ? 'An empty string was thrown.' : thrown;
  if (typeof thrown === 'function') return 'A function was thrown.';
  if (typeof thrown !== 'object' || thrown === null) return `${String(thrown)} was thrown.`;
  return textOf(thrown, 'message') ?? messagesOf(thrown) ?? describeObject(thrown);
}

function messagesOf(thrown: object): string | undefined {
  const errors = readProperty(thrown, 'errors');
  try {
    if (!Array.isArray(errors)) return undefined;
    const messages = errors.flatMap((error) => textOf(error, 'message') ?? []);
    return messages.length > 0 ? messages.join('; ') : undefined;
  } catch {
    return undefined;
  }
}

function describeObject(thrown: object): string {
  const name = textOf(thrown, 'name');
  if (name !== undefined) return `${name} was thrown without a message.`;
  try {
    const keys = Object.keys(thrown);
    if (keys.length === 0) return 'An object without a message was thrown.';
    return `An object without a message was thrown; its keys: ${keys.slice(0, 10).join(', ')}.`;
  } catch {
    return 'An object that cannot be read was thrown.';
  }
}

function textOf(value: unknown, key: string): string | undefined {
  const text = readProperty(value, key);
  return typeof text === 'string' && text.trim() !== '' ? text : undefined;
}
