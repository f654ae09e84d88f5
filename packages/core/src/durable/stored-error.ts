/**
 * Errors inside stored values: what is kept of one, and what comes back.
 *
 * Kept are its name, message, code, cause, the errors of an AggregateError, and those of its own
 * fields that are plain data. An error often carries a request, a socket or functions too: such a
 * field is left out, where anywhere else in a value it would be refused. The stack stays behind: it
 * tells of another process, and of its files.
 *
 * Invariant: the code, the HTTP status and the message that `toFault` finds on an error are those that it
 * finds on what comes back; and an error that is its own cause is so again.
 * @module
 */
import { httpStatusOf, readProperty } from '@runafter/errors';

/**
 * An error as plain data. The texts come first: while a cycle is read back, the error is needed
 * before its fields and causes are.
 */
interface StoredError {
  /** The class of the language that it is an instance of. */
  readonly type: string;
  readonly name: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

const builtIns: ReadonlyMap<string, new (message: string) => Error> = new Map([
  ['EvalError', EvalError],
  ['RangeError', RangeError],
  ['ReferenceError', ReferenceError],
  ['SyntaxError', SyntaxError],
  ['TypeError', TypeError],
  ['URIError', URIError],
  ['Error', Error],
]);

/** What is kept of an error; undefined for everything else. */
export function reduceError(value: unknown): StoredError | undefined {
  if (!(value instanceof Error)) return undefined;
  const cause = readProperty(value, 'cause');
  const errors = readProperty(value, 'errors');
  const isAggregate = value instanceof AggregateError;
  return {
    type: isAggregate ? 'AggregateError' : builtInOf(value),
    name: textOf(value, 'name') ?? 'Error',
    message: textOf(value, 'message') ?? '',
    fields: fieldsOf(value),
    ...(cause !== undefined && isPlain(cause, 0) && { cause }),
    ...(isAggregate && Array.isArray(errors) && { errors: errors.filter((e) => isPlain(e, 0)) }),
  };
}

const revived = new WeakMap<object, Error>();

/**
 * The error that was stored. In a cycle it is called before everything of the error is there, and
 * once more when it is: both times it gives the same error.
 *
 * @throws {TypeError} this is not what `reduceError` has made.
 */
export function reviveError(stored: StoredError): Error {
  const error = revived.get(stored) ?? newError(stored);
  revived.set(stored, error);
  for (const [key, value] of Object.entries(stored.fields ?? {})) define(error, key, value, true);
  if ('cause' in stored) define(error, 'cause', stored.cause);
  if ('errors' in stored) define(error, 'errors', stored.errors);
  return error;
}

function newError({ type, name, message }: StoredError): Error {
  const create = builtIns.get(type);
  if (typeof name !== 'string' || typeof message !== 'string') throw new TypeError('No error.');
  const error = create ? new create(message) : new AggregateError([], message);
  if (error.name !== name) define(error, 'name', name);
  define(error, 'stack', `${name}: ${message}`);
  return error;
}

function define(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}

function builtInOf(error: Error): string {
  for (const [name, type] of builtIns) if (error instanceof type) return name;
  return 'Error';
}

/** Kept by themselves, or not at all; `__proto__` is no name for a field. */
const notFields: ReadonlySet<string> = new Set([
  ...['name', 'message', 'stack', 'cause', 'errors', '__proto__'],
]);

function fieldsOf(error: Error): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(error)) {
    const value = readProperty(error, key);
    if (!notFields.has(key) && isPlain(value, 0)) fields[key] = value;
  }
  const code = textOf(error, 'code');
  if (code !== undefined) fields.code = code;
  // Where the status stands in a response that is left out.
  const status = httpStatusOf(error);
  if (status !== httpStatusOf(fields)) fields.status = status;
  return fields;
}

function textOf(error: Error, key: string): string | undefined {
  const text = readProperty(error, key);
  return typeof text === 'string' ? text : undefined;
}

/** Deeper data than this says nothing about an error any more; also the end of what is circular. */
const maxDepth = 8;

/** Whether a value can be stored as a whole. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false;
  if (typeof value !== 'object' || value === null) return true;
  if (value instanceof Error || value instanceof Date || value instanceof Uint8Array) return true;
  if (depth === maxDepth) return false;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set) {
    return [...value].every((entry) => isPlain(entry, depth + 1));
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value instanceof URL;
  return (
    Object.getOwnPropertySymbols(value).length === 0 &&
    !Object.hasOwn(value, '__proto__') &&
    Object.values(value).every((entry) => isPlain(entry, depth + 1))
  );
}
