import { describe, expect, it } from 'vitest';
import { requestFault } from '../src/mssql-errors.ts';

/** Errors as the client makes them. */
const error = (name: string, facts: object) => Object.assign(new Error('no'), { name, ...facts });
const serverError = (number: number, severity = 16) =>
  error('RequestError', { code: 'EREQUEST', number, class: severity });
const service = 'SQL Server documents "orders"';

describe('a request that failed', () => {
  it.each([1205, 3960, 1222, 9002, 40501])('with %d was not done', (number) => {
    expect(requestFault(service, serverError(number))).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
      cause: { number },
    });
  });

  it.each([
    serverError(40197),
    serverError(596),
    serverError(823, 24),
    error('RequestError', { code: 'ETIMEOUT', number: 'ETIMEOUT' }),
    error('RequestError', { code: 'ECLOSE', number: 'ECLOSE' }),
  ])('after it was sent may have been done: %o', (cause) => {
    expect(requestFault(service, cause)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'unknown',
    });
  });

  it.each([
    [208, /migrate\(\)/],
    [2812, /migrate\(\)/],
    [33557097, /migrate\(\)/],
    [229, /Grant/],
    [3906, /primary/],
    [8152, /The cause/],
  ])('with %d was refused, and says what to do', (number, fix) => {
    const fault = requestFault(service, serverError(number));
    expect(fault).toMatchObject({ code: 'SERVICE_REFUSED', message: expect.stringMatching(fix) });
  });

  it('for a wrong password is refused', () => {
    const cause = error('ConnectionError', { code: 'ELOGIN', originalError: {} });
    expect(requestFault(service, cause)).toMatchObject({ code: 'SERVICE_REFUSED' });
  });

  it.each([
    error('ConnectionError', { code: 'ELOGIN', originalError: { isTransient: true } }),
    error('ConnectionError', { code: 'ESOCKET' }),
    error('ConnectionError', { code: 'ENOTOPEN' }),
    error('TimeoutError', {}),
  ])('before it had a connection was not done: %o', (cause) => {
    expect(requestFault(service, cause)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });
});
