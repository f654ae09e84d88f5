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
    [262, /migrationSql\(\)/],
    [3906, /primary/],
    [8152, /The cause/],
  ])('with %d was refused, and says what to do', (number, fix) => {
    const fault = requestFault(service, serverError(number));
    expect(fault).toMatchObject({ code: 'SERVICE_REFUSED', message: expect.stringMatching(fix) });
  });

  it('is known by the errors that preceded the last one, too', () => {
    const after = (...precedingErrors: Error[]) =>
      requestFault(service, Object.assign(serverError(2759), { precedingErrors }));
    expect(after(serverError(262))).toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringContaining('may not create it'),
    });
    expect(after(serverError(5701), serverError(1205))).toMatchObject({ outcome: 'not-done' });
    expect(after(serverError(823, 24))).toMatchObject({ outcome: 'unknown' });
    expect(after()).toMatchObject({ message: expect.stringContaining('The cause is') });
  });

  it.each(['ECONNCLOSED', 'ENOTOPEN'])('with %s tells of a pool that is not connected', (code) => {
    expect(requestFault(service, error('ConnectionError', { code }))).toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringContaining('not connected'),
    });
  });

  it('for a wrong password is refused', () => {
    const cause = error('ConnectionError', { code: 'ELOGIN', originalError: {} });
    expect(requestFault(service, cause)).toMatchObject({ code: 'SERVICE_REFUSED' });
  });

  it.each([
    error('ConnectionError', { code: 'ELOGIN', originalError: { isTransient: true } }),
    error('ConnectionError', { code: 'ESOCKET' }),
    error('TimeoutError', {}),
  ])('before it had a connection was not done: %o', (cause) => {
    expect(requestFault(service, cause)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });
});
