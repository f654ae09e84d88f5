/**
 * Errors inside stored values.
 * @module
 */
import { RunafterError, toFault } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { DEFAULT_VALUE_LIMIT, decodeValue, encodeValue } from '../../src/durable/codec.ts';

/** The error as it comes back from a store. */
function again<T extends Error>(error: T): T {
  return decodeValue(encodeValue(error, DEFAULT_VALUE_LIMIT)) as T;
}

class OutOfStockError extends RunafterError {
  readonly sku: string;
  constructor(sku: string, options?: { cause?: unknown }) {
    super('OUT_OF_STOCK', `No "${sku}" is left.`, options);
    this.sku = sku;
  }
}

/** Clients keep the status in a response, which is an instance of a class. */
class RequestError extends Error {
  readonly response = new Response(null, { status: 429 });
  readonly request = { url: '/orders', onEnd: () => {} };
  readonly attempts = [1, 2];
}

describe('a stored error', () => {
  it('comes back with its class, message, cause and own fields', () => {
    const cause = new TypeError('no such field');
    const error = Object.assign(new RangeError('too many', { cause }), {
      items: [{ id: 1n }],
      at: new Date(0),
    });
    const read = again(error);
    expect(read).toBeInstanceOf(RangeError);
    expect(read).toStrictEqual(error);
    expect(read.cause).toBeInstanceOf(TypeError);
    expect(Object.keys(read)).toEqual(['items', 'at']);
  });

  it.each([
    ['one of ours', new OutOfStockError('bolt', { cause: new OutOfStockError('steel') })],
    [
      'one of the system',
      Object.assign(new Error('refused'), { code: 'ECONNREFUSED', errno: -111 }),
    ],
    ['an abort', new DOMException('stopped', 'AbortError')],
    ['one of a request', new RequestError('slow down')],
    ['one whose cause tells', new Error('fetch failed', { cause: { code: 'ECONNRESET' } })],
    ['several', new AggregateError([new Error('one'), new Error('two')])],
    ['one without a message', new SyntaxError()],
  ])('reads the same: %s', (_, error) => {
    const { code, message } = toFault(error);
    expect(toFault(again<Error>(error))).toMatchObject({ code, message });
  });

  it('keeps the name and the facts of one of ours', () => {
    const read = again(new OutOfStockError('bolt'));
    expect(read).toBeInstanceOf(Error);
    expect(read).toMatchObject({ name: 'OutOfStockError', code: 'OUT_OF_STOCK', sku: 'bolt' });
    expect(String(read)).toBe('OutOfStockError: No "bolt" is left.');
  });

  it('leaves out the fields that are no plain data, and is stored nevertheless', () => {
    const read = again(new RequestError('slow down'));
    expect(Object.keys(read)).toEqual(['attempts', 'status']);
    expect(read.attempts).toEqual([1, 2]);
  });

  it('leaves the stack of the other process behind', () => {
    const error = new Error('broken');
    expect(again(error).stack).toBe('Error: broken');
    expect(encodeValue(error, DEFAULT_VALUE_LIMIT)).not.toContain('stored-error.test');
  });

  it('keeps the errors of an AggregateError that can be stored', () => {
    const read = again(new AggregateError([new TypeError('one'), () => 1, 'two'], 'both'));
    expect(read).toBeInstanceOf(AggregateError);
    expect(read.errors).toEqual([new TypeError('one'), 'two']);
  });

  it('is its own cause when it was', () => {
    const error = new OutOfStockError('bolt');
    error.cause = error;
    const read = again(error);
    expect(read.cause).toBe(read);
    expect(read.sku).toBe('bolt');
  });

  it('is one error wherever it stands in a value, also inside itself', () => {
    const error = Object.assign(new Error('broken'), { also: [] as unknown[], last: 'field' });
    error.also.push(error);
    const [first, second] = decodeValue(
      encodeValue([error, error], DEFAULT_VALUE_LIMIT),
    ) as (typeof error)[];
    expect(first).toBe(second);
    expect(first?.also[0]).toBe(first);
    expect(first?.last).toBe('field');
  });

  it('does not go through data that refers to itself', () => {
    const around: Record<string, unknown> = {};
    around.self = around;
    const read = again(Object.assign(new Error('broken'), { around, kept: 1 }));
    expect(Object.keys(read)).toEqual(['kept']);
  });
});
