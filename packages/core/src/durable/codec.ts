/**
 * Values as text, for stores: inputs, outputs, states and signals of durable runs.
 *
 * The text is JSON in the form of the library devalue. Beside what JSON knows, these come back as they
 * were: undefined, NaN, Infinity, -0, bigint, Date, RegExp, URL, Map, Set, typed arrays, sparse arrays,
 * errors (see stored-error.ts), and what refers to itself. A Buffer comes back as a Uint8Array.
 *
 * Invariant: what was encoded can be decoded, by any process. So what would mean nothing elsewhere is
 * refused rather than trimmed, and so is what is nested too deep for a stack that is already in use.
 * @module
 */
import { RunafterError, readProperty, toFault } from '@runafter/errors';
import { DevalueError, parse, stringify } from 'devalue';
import { isThenable } from '../definition/rules/show-value.ts';
import { ActionState } from '../engine/action-state.ts';
import { IterationRecord } from '../engine/records/iteration-record.ts';
import { reduceError, reviveError } from './stored-error.ts';

/** The most bytes that a stored value has unless told otherwise: 1 MiB of text in UTF-8. */
export const DEFAULT_VALUE_LIMIT = 1_048_576;

/** `VALUE_NOT_STORABLE`: part of a value would mean nothing in another process. */
export class NotStorableError extends RunafterError {
  /** Where in the value, such as `.items[3].when`; empty for the value itself. */
  readonly valuePath: string;
  /** What stands there, such as `a function`. */
  readonly problem: string;

  constructor(what: string, valuePath: string, problem: string, options?: { cause?: unknown }) {
    super(
      'VALUE_NOT_STORABLE',
      `${what} cannot be stored: ${valuePath || 'it'} is ${problem}. ` +
        'Keep plain data with select: (output) => …, or hand over a reference instead.',
      options,
    );
    this.valuePath = valuePath;
    this.problem = problem;
  }
}

/** `VALUE_TOO_LARGE`: a value has more bytes than may be stored. */
export class ValueTooLargeError extends RunafterError {
  readonly bytes: number;
  readonly limit: number;

  constructor(what: string, bytes: number, limit: number) {
    super(
      'VALUE_TOO_LARGE',
      `${what} has ${bytes} bytes when it is stored; the limit is ${limit}. ` +
        'Keep less with select: (output) => …, or put the data elsewhere and hand over a reference.',
    );
    this.bytes = bytes;
    this.limit = limit;
  }
}

/**
 * `STORED_VALUE_INVALID`: a text is not what `encodeValue` has made. It has no cause, because that
 * would quote the text.
 */
export class StoredValueError extends RunafterError {
  constructor(text: string) {
    super(
      'STORED_VALUE_INVALID',
      `A stored value of ${text.length} characters cannot be read: it was cut or changed, is ` +
        'encrypted, or was written by a newer version. Read it with the version and the cipher that ' +
        'wrote it.',
    );
  }
}

/**
 * A value as text.
 *
 * @param limit - the most bytes of text, in UTF-8; {@link DEFAULT_VALUE_LIMIT} is the usual one.
 * @param what - what errors call the value, such as `The output of "Orders/Mail"`.
 * @throws {NotStorableError} `VALUE_NOT_STORABLE`: a function, a symbol, a promise, an instance of a
 *   class, or something nested more than 500 levels deep stands in it.
 * @throws {ValueTooLargeError} `VALUE_TOO_LARGE`
 * @example
 * decodeValue(encodeValue(new Map([['due', new Date()]]), DEFAULT_VALUE_LIMIT)); // a Map again
 */
export function encodeValue(value: unknown, limit: number, what = 'The value'): string {
  return encodedWith(reducers, value, limit, what);
}

/**
 * A value as text of any length, for a handler elsewhere: records in it have the secure values that
 * they hand over here, where `encodeValue` hides them.
 *
 * @throws {NotStorableError} `VALUE_NOT_STORABLE`
 */
export function encodeHandedOver(value: unknown, what: string): string {
  return encodedWith({ ...reducers, Record: wholeRecord }, value, Number.POSITIVE_INFINITY, what);
}

function encodedWith(by: Reducers, value: unknown, limit: number, what: string): string {
  const text = textOf(value, what, by);
  const bytes = Buffer.byteLength(text);
  if (bytes > limit) throw new ValueTooLargeError(what, bytes, limit);
  if (isTooDeep(text)) throw tooDeep(what);
  return text;
}

/**
 * The value that `encodeValue` was given.
 *
 * @throws {StoredValueError} `STORED_VALUE_INVALID`
 */
export function decodeValue(text: string): unknown {
  try {
    return parse(text, revivers);
  } catch {
    throw new StoredValueError(text);
  }
}

type Reducers = Readonly<Record<string, (value: unknown) => unknown>>;

const asItIs = (value: unknown): unknown => value;
const reducers = { Record: plainRecord, Error: reduceError, View: wholeView };
const revivers = { Record: asItIs, Error: reviveError, View: asItIs };

/** A record that a handler hands on is stored as the plain data that it shows, without secure values. */
function plainRecord(value: unknown): object | undefined {
  return value instanceof ActionState || value instanceof IterationRecord
    ? value.toJSON()
    : undefined;
}

/** The same with what whoever was handed the record can read of it. */
function wholeRecord(value: unknown): object | undefined {
  if (value instanceof ActionState) {
    const { inputs, outputs, iterations } = value;
    return { ...value.toJSON(), inputs, outputs, iterations };
  }
  if (value instanceof IterationRecord) {
    const { item, outputs } = value;
    return { ...value.toJSON(), item, outputs };
  }
  return undefined;
}

/**
 * A copy of a view that shows a part of its buffer, which would be stored as a whole otherwise, with
 * whatever else stands in it.
 */
function wholeView(value: unknown): ArrayBufferView | undefined {
  if (!ArrayBuffer.isView(value) || value.byteLength === value.buffer.byteLength) return undefined;
  const { buffer, byteOffset, byteLength } = value;
  if (value instanceof DataView)
    return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
  // A Buffer's own slice() is a view again.
  return Buffer.isBuffer(value) ? new Uint8Array(value) : (value as Uint8Array).slice();
}

function textOf(value: unknown, what: string, by: Reducers): string {
  try {
    return stringify(value, by);
  } catch (error) {
    if (error instanceof DevalueError) {
      throw new NotStorableError(what, error.path, describeRefused(error.value));
    }
    if (error instanceof RangeError) throw tooDeep(what);
    // Somebody's getter has thrown.
    const problem = `something that cannot be read (${toFault(error).message})`;
    throw new NotStorableError(what, '', problem, { cause: error });
  }
}

function describeRefused(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`;
  if (isThenable(value)) return 'a promise: await it';
  if (Object.hasOwn(value, '__proto__')) return 'an object with the key "__proto__"';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return 'an object with symbols as keys';
  const name = readProperty(readProperty(value, 'constructor'), 'name');
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'no plain object';
}

/** A quarter of what a stack takes that is empty, and whose code has not been optimised yet. */
const maxDepth = 500;

/** The fewest characters that one level can take: `[1],`. */
const shortestLevel = 4;

/**
 * Whether reading the text back takes too deep a recursion. What fits on one stack may not fit on
 * another, so this does not depend on how far writing it has got.
 */
function isTooDeep(text: string): boolean {
  if (text.length < maxDepth * shortestLevel) return false;
  // A list of values, each of which refers to those in it by their positions. They are in the order of
  // a walk that goes down first, so the last one to refer to a later one is where the walk found it.
  const values = JSON.parse(text) as readonly unknown[];
  const depths = new Uint32Array(values.length);
  return values.some((value, position) => {
    const depth = depths[position] ?? 0;
    if (typeof value === 'object' && value !== null) {
      for (const inside of Object.values(value)) {
        if (typeof inside === 'number' && inside > position) depths[inside] = depth + 1;
      }
    }
    return depth > maxDepth;
  });
}

function tooDeep(what: string): NotStorableError {
  return new NotStorableError(what, '', `nested more than ${maxDepth} levels deep`);
}
