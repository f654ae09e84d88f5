/** Whatever is thrown may be made to be unreadable: looking at it must not throw a second time. */
import { describe, expect, it } from 'vitest';
import { isThrottled, isTransient, retryAfterOf, virtualClock } from '../src/index.ts';

const clock = virtualClock();

const throws = () => {
  throw new Error('Nobody reads me.');
};

const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
})();

const trap = new Proxy({}, { get: throws, has: throws, ownKeys: throws, getPrototypeOf: throws });

const looked = [
  ...['status', 'statusCode', 'response', 'headers', 'code', 'name', 'message', 'severity'],
  ...['number', 'precedingErrors', 'originalError', 'cause', 'retryAfter'],
];

const hostile: [what: string, error: unknown][] = [
  ['a revoked proxy', revoked],
  ['a proxy whose every trap throws', trap],
  ['an object of getters that throw', getters()],
  ['an error whose parts are revoked', parts(revoked)],
  ['an error whose parts throw', parts(trap)],
  ['headers whose get() throws', { headers: { get: throws } }],
  ['headers whose get() is none', { headers: { get: {} } }],
  ['headers that cannot be listed', { headers: new Proxy({}, { ownKeys: throws }) }],
  ['headers with a getter', { headers: Object.defineProperty({}, 'retry-after', getter()) }],
  ['a list of earlier errors without end', { code: 'EREQUEST', precedingErrors: { length: 1e9 } }],
  ['a list of earlier errors that is none', { code: 'EREQUEST', precedingErrors: { length: -1 } }],
  ['a length that cannot be a number', { code: 'X', precedingErrors: { length: Symbol('n') } }],
  ['a length that throws', { code: 'X', precedingErrors: { length: { valueOf: throws } } }],
  ['a wait that only looks like a date', { retryAfter: { getTime: () => 5 } }],
  ['null', null],
  ['a symbol', Symbol('s')],
  ['a bigint', 1n],
  ['a function', throws],
];

describe.each(hostile)('%s', (_, error) => {
  it('is neither transient nor throttling, asks for no wait, and breaks nothing', () => {
    expect(isTransient(error)).toBe(false);
    expect(isThrottled(error)).toBe(false);
    expect(retryAfterOf(error, clock)).toBeUndefined();
  });
});

function getter(): PropertyDescriptor {
  return { get: throws, enumerable: true };
}

function getters(): object {
  return Object.defineProperties({}, Object.fromEntries(looked.map((key) => [key, getter()])));
}

function parts(part: unknown): Error {
  return Object.assign(new Error('x'), Object.fromEntries(looked.map((key) => [key, part])));
}
