import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { httpStatusOf, RunafterError, toFault } from '../src/index.ts';

describe('the code of a fault', () => {
  it.each([
    ["an error's own code", Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['the code of one of ours', new RunafterError('DURATION_INVALID', 'x'), 'DURATION_INVALID'],
    ['a code before a status', { code: 'ServerBusy', statusCode: 503 }, 'ServerBusy'],
    ['a status', Object.assign(new Error('x'), { status: 429 }), 'HTTP_429'],
    ['a statusCode', { statusCode: 404, message: 'x' }, 'HTTP_404'],
    ['the status of a response', { response: { status: 502 } }, 'HTTP_502'],
    ['a numeric code that is an HTTP status', { code: 409 }, 'HTTP_409'],
    ['the status when the code is blank', { code: ' ', status: 500 }, 'HTTP_500'],
    ['a telling name', new DOMException('x', 'AbortError'), 'AbortError'],
    [
      'a telling name before the cause',
      named('ValidationError', { cause: coded() }),
      'ValidationError',
    ],
    ['the code of the cause', new TypeError('fetch failed', { cause: coded() }), 'ECONNREFUSED'],
    [
      "the status of the cause's cause",
      new Error('x', { cause: new Error('y', { cause: { status: 503 } }) }),
      'HTTP_503',
    ],
    ['the name of a built-in error', new TypeError('x is not a function'), 'TypeError'],
    ['the code of an AggregateError', Object.assign(new AggregateError([]), { code: 'E' }), 'E'],
    ['the name of an AggregateError', new AggregateError([]), 'AggregateError'],
    ['UNKNOWN_ERROR for a plain error', new Error('x'), 'UNKNOWN_ERROR'],
    ['UNKNOWN_ERROR for a status that is no failure', { status: 200 }, 'UNKNOWN_ERROR'],
    ['UNKNOWN_ERROR for an empty object', {}, 'UNKNOWN_ERROR'],
    ['NOT_AN_ERROR for undefined', undefined, 'NOT_AN_ERROR'],
    ['NOT_AN_ERROR for null', null, 'NOT_AN_ERROR'],
    ['NOT_AN_ERROR for a string', 'ECONNRESET', 'NOT_AN_ERROR'],
    ['NOT_AN_ERROR for a function', function ECONNRESET() {}, 'NOT_AN_ERROR'],
  ])('is %s', (_, thrown, code) => {
    expect(toFault(thrown).code).toBe(code);
  });

  it('ends when the causes form a circle', () => {
    const first = new Error('first');
    first.cause = new Error('second', { cause: first });
    expect(toFault(first).code).toBe('UNKNOWN_ERROR');
  });
});

describe('the message of a fault', () => {
  it.each([
    ["is the error's own", new Error('disk full'), 'disk full'],
    ['is the string that was thrown', 'disk full', 'disk full'],
    ['is that of an object with a message', { message: 'disk full' }, 'disk full'],
    [
      'joins those of an AggregateError without one',
      new AggregateError([new Error('::1 refused'), 'text', new Error('127.0.0.1 refused')]),
      '::1 refused; 127.0.0.1 refused',
    ],
    ['names an error without one', new TypeError(), 'TypeError was thrown without a message.'],
    ['says undefined', undefined, 'undefined was thrown.'],
    ['says null', null, 'null was thrown.'],
    ['says a number', 42, '42 was thrown.'],
    ['says a symbol', Symbol('stop'), 'Symbol(stop) was thrown.'],
    ['says an empty string', ' ', 'An empty string was thrown.'],
    ['says a function', () => 1, 'A function was thrown.'],
    ['says an empty object', {}, 'An object without a message was thrown.'],
    [
      'lists the keys of an object, never the values',
      { user: 'ada', password: 'hunter2' },
      'An object without a message was thrown; its keys: user, password.',
    ],
  ])('%s', (_, thrown, message) => {
    expect(toFault(thrown).message).toBe(message);
  });
});

describe('toFault', () => {
  it('keeps what was thrown as the cause, untouched', () => {
    const frozen = Object.freeze(Object.assign(new Error('x'), { code: 'E' }));
    expect(toFault(frozen)).toEqual({ code: 'E', message: 'x', cause: frozen });
    expect(toFault(frozen).cause).toBe(frozen);
  });

  it('reads a revoked proxy, and one whose every trap throws, without throwing', () => {
    const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
    revoke();
    const { code, message } = toFault(proxy);
    expect({ code, message }).toEqual({
      code: 'UNKNOWN_ERROR',
      message: 'An object that cannot be read was thrown.',
    });
    const trap = () => {
      throw new Error('trap');
    };
    const hostile = new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap });
    expect(toFault(hostile).message).toBe(message);
  });

  it('reads an error whose message, code and errors throw when they are read', () => {
    const error = new Error('x');
    for (const key of ['message', 'code', 'name', 'errors', 'cause', 'status']) {
      Object.defineProperty(error, key, {
        get() {
          throw new Error('getter');
        },
      });
    }
    expect(toFault(error)).toMatchObject({ code: 'UNKNOWN_ERROR' });
    const errors = new Proxy([], {
      get() {
        throw new Error('trap');
      },
    });
    expect(toFault({ errors }).message).toContain('keys: errors');
  });

  it('gives a code and a message to whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withBigInt: true }), (thrown) => {
        const fault = toFault(thrown);
        expect(fault.code).toMatch(/\S/);
        expect(fault.message).toMatch(/\S/);
        expect(Object.is(fault.cause, thrown)).toBe(true);
      }),
    );
  });
});

describe('httpStatusOf', () => {
  it('looks past a number that is no HTTP failure', () => {
    expect(httpStatusOf({ status: 0, statusCode: 503 })).toBe(503);
  });

  it.each([[undefined], ['429'], [{ status: '429' }], [{ status: 399 }], [{ code: 600 }]])(
    'finds none in %o',
    (error) => {
      expect(httpStatusOf(error)).toBeUndefined();
    },
  );
});

function coded(): Error {
  return Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
}

function named(name: string, options: ErrorOptions): Error {
  const error = new Error('x', options);
  error.name = name;
  return error;
}
