import { RunafterError, ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { isTransient } from '../src/index.ts';

const reset = withCode('ECONNRESET');

describe('isTransient', () => {
  it.each<[what: string, error: unknown]>([
    ['a time-out of the request', { status: 408 }],
    ['too many requests', { statusCode: 429 }],
    ['an overloaded service, whatever its code', { code: 'ServerBusy', statusCode: 503 }],
    ['a response of fetch', new Response(null, { status: 502 })],
    ['a status where axios keeps it', { response: { status: 504, headers: {} } }],
    ['a connection that was reset', reset],
    ['a request that the Azure SDK could not send', withCode('REQUEST_SEND_ERROR')],
    [
      'a fetch that did not get through',
      new TypeError('fetch failed', { cause: { code: 'UND_ERR_CONNECT_TIMEOUT' } }),
    ],
    ['a status in the cause', new Error('save failed', { cause: { status: 502 } })],
    ['a code in the cause of a named error', named('QueryError', { cause: reset })],
    ['AbortSignal.timeout()', new DOMException('too late', 'TimeoutError')],
    ['an error of ours', new ServiceUnavailableError('Lists', 'unknown')],
  ])('takes %s for a passing failure', (_, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each<[what: string, error: unknown]>([
    ['a conflict', { status: 409 }],
    ['a bad request behind a connection code', { status: 400, code: 'ECONNRESET' }],
    ['a bad request that a lost connection caused', { status: 400, cause: reset }],
    [
      'a refusal of ours, whatever caused it',
      new ServiceRefusedError('A', 'Do.', { cause: reset }),
    ],
    [
      'an error with its own code',
      new RunafterError('RETRY_POLICY_INVALID', 'No.', { cause: reset }),
    ],
    ['a success', new Response('done')],
    ['a bug', new TypeError('x is not a function')],
    ['an abort', new DOMException('stop', 'AbortError')],
    ['an abort, whatever caused it', named('AbortError', { cause: reset })],
    ['a string', 'ECONNRESET'],
    ['undefined', undefined],
  ])('does not take %s for one', (_, error) => {
    expect(isTransient(error)).toBe(false);
  });

  it.each([
    701, 1205, 1222, 3960, 4060, 10_928, 10_929, 40_197, 40_501, 40_613, 49_918, 49_919, 49_920,
  ])('takes number %d of SQL Server for one', (number) => {
    expect(isTransient(requestError(number))).toBe(true);
  });

  it.each([208, 229, 547, 2627, 8134, 33_557_097])(
    'does not take number %d of SQL Server for one',
    (number) => {
      expect(isTransient(requestError(number))).toBe(false);
    },
  );

  it('looks at all that SQL Server reported, not only at the last', () => {
    const precedingErrors = [requestError(1205)];
    expect(isTransient({ ...requestError(3621), precedingErrors })).toBe(true);
  });

  it.each([true, false])('believes a failed login that says of itself: %s', (transient) => {
    const originalError = Object.assign(new Error('no'), { isTransient: transient });
    expect(isTransient(withCode('ELOGIN', { originalError }))).toBe(transient);
  });

  it.each(['08006', '53300', '40001', '40P01', '55P03', '57P01', '57P02', '57P03'])(
    'takes the SQLSTATE %s for one',
    (state) => {
      expect(isTransient(withCode(state, { severity: 'FATAL' }))).toBe(true);
      expect(isTransient(new Error('Failed query', { cause: databaseError(state) }))).toBe(true);
    },
  );

  it.each(['23505', '22012', '42P01', '28P01', '40002', '57P04', '57014'])(
    'does not take the SQLSTATE %s for one',
    (state) => {
      expect(isTransient(databaseError(state))).toBe(false);
    },
  );

  it('takes no code of five characters for a SQLSTATE unless PostgreSQL says so', () => {
    expect(isTransient(withCode('53300'))).toBe(false);
  });

  it.each(['Connection terminated unexpectedly', 'Connection is closed.', 'Command timed out'])(
    'takes «%s» for one, where a client says no more',
    (message) => {
      expect(isTransient(new Error(message))).toBe(true);
      expect(isTransient(withCode('REFUSED', { message }))).toBe(false);
      expect(isTransient(new Error(`It said: ${message}`))).toBe(false);
      expect(isTransient(Object.assign(new Error(message), { name: 'Mistake' }))).toBe(false);
    },
  );

  it('ends with causes that go round in a circle', () => {
    const one = new Error('one');
    one.cause = new Error('other', { cause: one });
    expect(isTransient(one)).toBe(false);
  });
});

function withCode(code: string, fields: object = {}): Error {
  return Object.assign(new Error('x'), { code, ...fields });
}

function named(name: string, { cause }: { cause: unknown }): Error {
  return Object.assign(new Error('x', { cause }), { name });
}

function requestError(number: number): Error {
  return Object.assign(withCode('EREQUEST', { number }), { name: 'RequestError' });
}

function databaseError(state: string): Error {
  return Object.assign(withCode(state, { severity: 'ERROR' }), { name: 'error' });
}
