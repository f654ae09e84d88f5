import { ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { isThrottled } from '../src/index.ts';

const date = 'Sun, 06 Nov 1994 08:49:37 GMT';

describe('isThrottled', () => {
  it.each<[what: string, error: unknown]>([
    ['a 429', { status: 429 }],
    ['a response of fetch', new Response(null, { status: 429 })],
    ['a 503 that says when to come back', reply(503, { 'retry-after': '5' })],
    ['a 503 that says until when, in the past', reply(503, { 'Retry-After': date })],
    ['a 503 with milliseconds', reply(503, { 'x-ms-retry-after-ms': '20' })],
    ['a 503 whose wait the thrower has parsed', { statusCode: 503, retryAfter: 1_000 }],
    ['a 429 behind an error of ours', unavailable({ statusCode: 429 })],
    ['a 503 behind an error of ours that has its wait', unavailable({ status: 503 }, 1_000)],
    ['a 429 in the cause of the cause', new Error('a', { cause: unavailable({ status: 429 }) })],
  ])('takes %s for a request to slow down', (_, error) => {
    expect(isThrottled(error)).toBe(true);
  });

  it.each<[what: string, error: unknown]>([
    ['a 503 alone, which may be an outage', { status: 503 }],
    ['a 503 whose Retry-After cannot be read', reply(503, { 'retry-after': 'soon' })],
    ['a time-out of the request', { status: 408, retryAfter: 5 }],
    ['a 500 with a Retry-After', reply(500, { 'retry-after': '5' })],
    ['a 400 that was caused by a 429', { status: 400, cause: { status: 429 } }],
    ['a success with a Retry-After', reply(202, { 'retry-after': '5' })],
    ['a reset connection', Object.assign(new Error('x'), { code: 'ECONNRESET' })],
    ['nothing', undefined],
    ['a text', '429'],
  ])('does not take %s for one', (_, error) => {
    expect(isThrottled(error)).toBe(false);
  });
});

function reply(status: number, headers: Record<string, string>): Response {
  return new Response(null, { status, headers });
}

function unavailable(cause: unknown, retryAfter?: number): Error {
  return new ServiceUnavailableError('Lists', 'not-done', { cause, retryAfter });
}
