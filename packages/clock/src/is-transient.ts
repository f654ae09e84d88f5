/**
 * Which failures are likely to be gone at the next attempt.
 * @module
 */
import { httpStatusOf, readProperty } from '@runafter/errors';
import { faultChain } from './fault-chain.ts';
import {
  isLostConnection,
  isTransientInPostgres,
  isTransientInRedis,
  isTransientInSqlServer,
} from './transient-database-errors.ts';

/** Of Node, undici, axios, the Azure SDK (REQUEST_SEND_ERROR), the client of SQL Server, and one of ours. */
const transientCodes: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNCLOSED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'EINSTLOOKUP',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'ENOTOPEN',
  'EPIPE',
  'ERR_NETWORK',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ESOCKET',
  'ETIMEDOUT',
  'ETIMEOUT',
  'REQUEST_SEND_ERROR',
  'SERVICE_UNAVAILABLE',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/**
 * Whether something is likely to be gone at the next attempt. Never throws. Pass it as `when` to retry such
 * errors and nothing else.
 *
 * These are: HTTP 408, 429 and 5xx, as an error or as a response of fetch; time-outs and failed connections; a
 * ServiceUnavailableError; from SQL Server, PostgreSQL and Redis, through mssql, pg and ioredis, a lost connection,
 * a deadlock or another conflict that was rolled back, and a server that is starting, failing over or out of
 * resources. An abort is none of them.
 *
 * The first of the error and its causes that has a status, a code or a name that is known here decides: `fetch
 * failed` is judged by why it failed, an error with a code of your own by that code alone.
 *
 * @example
 * fixed({ count: 3, interval: '5s', when: isTransient })
 */
export function isTransient(error: unknown): boolean {
  for (const fault of faultChain(error)) {
    const verdict = verdictOn(fault);
    if (verdict !== undefined) return verdict;
  }
  return false;
}

/** @returns undefined when nothing about it tells, so that its cause decides. */
function verdictOn(fault: unknown): boolean | undefined {
  const status = httpStatusOf(fault);
  if (status !== undefined) return status === 408 || status === 429 || status >= 500;
  const code = readProperty(fault, 'code');
  if (typeof code === 'string' && code.trim() !== '') {
    return isTransientCode(code) || isTransientInSqlServer(fault) || isTransientInPostgres(fault);
  }
  const name = readProperty(fault, 'name');
  if (name === 'AbortError') return false;
  if (name === 'TimeoutError' || isTransientInRedis(fault) || isLostConnection(fault)) return true;
  return name === 'ReplyError' ? false : undefined;
}

function isTransientCode(code: string): boolean {
  return transientCodes.has(code) || /^HTTP_(408|429|5\d\d)$/.test(code);
}
