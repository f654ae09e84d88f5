import { describe, expect, it } from 'vitest';
import {
  describeCode,
  hasCode,
  mayHaveBeenDone,
  ServiceClientMissingError,
  ServiceClosedError,
  ServiceError,
  ServiceOptionError,
  ServiceRefusedError,
  ServiceUnavailableError,
} from '../src/index.ts';

const service = 'Redis documents "orders"';
const cause = new Error('read ECONNRESET');

describe('the faults of a service', () => {
  it.each([
    {
      error: new ServiceUnavailableError(service, 'unknown', { cause }),
      code: 'SERVICE_UNAVAILABLE',
      message:
        'Redis documents "orders" is not available: read ECONNRESET. Whether the request was carried out is ' +
        'not known: look before trying again.',
      facts: { outcome: 'unknown', retryAfter: undefined },
    },
    {
      error: new ServiceUnavailableError(service, 'not-done', { retryAfter: 1_500 }),
      code: 'SERVICE_UNAVAILABLE',
      message:
        'Redis documents "orders" is not available. The request was not carried out: try again.',
      facts: { outcome: 'not-done', retryAfter: 1_500 },
    },
    {
      error: new ServiceRefusedError(service, 'Grant the right to write.', { cause }),
      code: 'SERVICE_REFUSED',
      message:
        'Redis documents "orders" refused the request: read ECONNRESET. Grant the right to write.',
      facts: {},
    },
    {
      error: new ServiceClosedError(service),
      code: 'SERVICE_CLOSED',
      message:
        'Redis documents "orders" was used after it was closed. Close it when everything that uses it has ended.',
      facts: {},
    },
    {
      error: new ServiceOptionError(service, 'prefix', 'is empty. Pass a text.'),
      code: 'SERVICE_OPTION_INVALID',
      message: 'Redis documents "orders": the option prefix is empty. Pass a text.',
      facts: { option: 'prefix' },
    },
    {
      error: new ServiceClientMissingError(service, 'ioredis'),
      code: 'SERVICE_CLIENT_MISSING',
      message:
        'Redis documents "orders" needs the package "ioredis", which is not installed. Install it beside this ' +
        'one (npm install ioredis), or hand over a client of your own.',
      facts: { client: 'ioredis' },
    },
  ])('$code names the service, says what happened and what to do: $message', (expected) => {
    const { error, code, message, facts } = expected;
    expect(error).toBeInstanceOf(ServiceError);
    expect(hasCode(error, code)).toBe(true);
    expect(error.message).toBe(message);
    expect(error).toMatchObject({ service, ...facts });
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({
      code,
      facts: { service, ...JSON.parse(JSON.stringify(facts)) },
    });
    expect(describeCode(code)?.fix).toBeTruthy();
  });

  it('keep what the client has thrown as the cause, and do not write it out', () => {
    const error = new ServiceUnavailableError(service, 'unknown', { cause });
    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error)).not.toContain('stack');
    expect('cause' in new ServiceClosedError(service)).toBe(false);
  });

  it.each([undefined, null, 'text', new Error('')])('need no cause that speaks: %o', (silent) => {
    const error = new ServiceUnavailableError(service, 'not-done', { cause: silent });
    expect(error.message).toMatch(/^Redis documents "orders" is not available\. The request/);
  });

  it('have the names of their classes', () => {
    expect(new ServiceRefusedError(service, 'Ask.').name).toBe('ServiceRefusedError');
    expect(new ServiceUnavailableError(service, 'unknown').name).toBe('ServiceUnavailableError');
  });
});

it('tells what may have been done from what was not', () => {
  expect(mayHaveBeenDone(new ServiceUnavailableError('Redis', 'unknown'))).toBe(true);
  expect(mayHaveBeenDone(new ServiceUnavailableError('Redis', 'not-done'))).toBe(false);
  expect(mayHaveBeenDone(new ServiceRefusedError('Redis', 'Ask somebody else.'))).toBe(false);
  expect(mayHaveBeenDone({ outcome: 'unknown' })).toBe(false);
});
