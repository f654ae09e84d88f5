import { describe, expect, it } from 'vitest';
import { isTransient } from '../src/index.ts';

describe('isTransient', () => {
  it.each([
    ['a time-out of the request', { status: 408 }],
    ['too many requests', { statusCode: 429 }],
    ['an overloaded service, whatever its code', { code: 'ServerBusy', statusCode: 503 }],
    ['a connection that was reset', Object.assign(new Error('x'), { code: 'ECONNRESET' })],
    [
      'a fetch that did not get through',
      new TypeError('fetch failed', { cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } }),
    ],
    ['a status in the cause', new Error('save failed', { cause: { status: 502 } })],
    ['AbortSignal.timeout()', new DOMException('too late', 'TimeoutError')],
  ])('takes %s for a passing failure', (_, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    ['a conflict', { status: 409 }],
    ['a bad request behind a connection code', { status: 400, code: 'ECONNRESET' }],
    ['a bug', new TypeError('x is not a function')],
    ['an abort', new DOMException('stop', 'AbortError')],
    ['a string', 'ECONNRESET'],
    ['undefined', undefined],
  ])('does not take %s for one', (_, error) => {
    expect(isTransient(error)).toBe(false);
  });
});
