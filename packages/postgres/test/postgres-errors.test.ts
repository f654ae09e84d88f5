import { describe, expect, it } from 'vitest';
import { connectionFault, leavesSessionUsable, statementFault } from '../src/postgres-errors.ts';

/** An error as the client makes it of the server's message. */
const serverError = (code: string) =>
  Object.assign(new Error('said so'), { code, severity: 'ERROR' });
const systemError = (code: string) => Object.assign(new Error('no'), { code });
const service = 'PostgreSQL documents "orders"';

describe('a statement that failed', () => {
  it.each(['40001', '40P01', '53300', '53100', '55P03', '57014'])(
    'with %s was not done',
    (code) => {
      expect(statementFault(service, serverError(code))).toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
        outcome: 'not-done',
        cause: { code },
      });
    },
  );

  it.each(['08006', '40003', '57P01', '57P02', '25P03'])(
    'with %s may have been done, and its session is over',
    (code) => {
      const fault = statementFault(service, serverError(code));
      expect(fault).toMatchObject({ code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' });
      expect(leavesSessionUsable(serverError(code))).toBe(false);
    },
  );

  it.each(['EPIPE', 'ECONNRESET', 'ETIMEDOUT'])(
    'with %s of the system may have been done',
    (code) => {
      const fault = statementFault(service, systemError(code));
      expect(fault).toMatchObject({ code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' });
      expect(leavesSessionUsable(systemError(code))).toBe(false);
    },
  );

  it.each([
    ['42P01', /migrate\(\)/],
    ['3F000', /migrate\(\)/],
    ['42501', /Grant/],
    ['25006', /primary/],
    ['22P05', /UTF8/],
    ['22001', /The cause/],
  ])('with %s was refused, and says what to do', (code, fix) => {
    const fault = statementFault(service, serverError(code));
    expect(fault).toMatchObject({ code: 'SERVICE_REFUSED', message: expect.stringMatching(fix) });
    expect(leavesSessionUsable(serverError(code))).toBe(true);
  });
});

describe('a connection that could not be had', () => {
  it.each(['28P01', '28000', '3D000'])('is refused with %s', (code) => {
    expect(connectionFault(service, serverError(code))).toMatchObject({ code: 'SERVICE_REFUSED' });
  });

  it.each([
    serverError('57P03'),
    serverError('53300'),
    systemError('ECONNREFUSED'),
    new Error('x'),
  ])('has sent nothing: %o', (cause) => {
    expect(connectionFault(service, cause)).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });
});
