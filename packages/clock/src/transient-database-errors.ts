/**
 * Which errors of the clients of SQL Server, PostgreSQL and Redis are likely to be gone at the next attempt.
 *
 * Invariant: numbers and codes decide. A text is only looked at where a client gives its error nothing else,
 * and then the whole of it has to match.
 * @module
 */
import { readProperty } from '@runafter/errors';

/**
 * Out of locks or memory, deadlock victim, lock time-out, log full, conflict under snapshot isolation; then what
 * Azure SQL calls transient: being moved, too busy, at a limit of its resources.
 *
 * @see https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues
 * @see https://learn.microsoft.com/dotnet/api/microsoft.data.sqlclient.sqlconfigurableretryfactory.baselinetransienterrors
 */
const sqlServerNumbers: ReadonlySet<unknown> = new Set([
  ...[701, 802, 1204, 1205, 1222, 3960, 8645, 8651, 9002],
  ...[4060, 4221, 10928, 10929, 40143, 40197, 40501, 40540, 40613, 42108, 42109],
  ...[49918, 49919, 49920],
]);

/**
 * Whether SQL Server reported such a number, the last or one before it: the client throws the last, which may
 * say no more than that there were others. Of a login that failed it only keeps whether it was transient.
 */
export function isTransientInSqlServer(error: unknown): boolean {
  if (readProperty(readProperty(error, 'originalError'), 'isTransient') === true) return true;
  const preceding = readProperty(error, 'precedingErrors');
  const count = readProperty(preceding, 'length');
  const reported = [error];
  for (let index = 0; typeof count === 'number' && index < Math.min(count, 100); index++) {
    reported.push(readProperty(preceding, index));
  }
  return reported.some((each) => sqlServerNumbers.has(readProperty(each, 'number')));
}

/**
 * Beginnings of SQLSTATEs: connection lost; resources used up; rolled back for a conflict or a deadlock; a lock
 * that is not free; session ended by an administrator, a crash, a start-up or for being idle.
 *
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const sqlStates = [
  ...['08', '53', '40001', '40003', '40P01', '55P03'],
  ...['57P01', '57P02', '57P03', '57P05', '25P03'],
] as const;

/** Other errors have codes of five characters, too (EPIPE); only PostgreSQL's come with a severity. */
export function isTransientInPostgres(error: unknown): boolean {
  const code = readProperty(error, 'code');
  if (typeof code !== 'string' || typeof readProperty(error, 'severity') !== 'string') return false;
  return sqlStates.some((beginning) => code.startsWith(beginning));
}

/**
 * States of a server that pass: starting, failing over, moving slots, running a long script, without enough
 * replicas.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
const redisReplies: ReadonlySet<unknown> = new Set([
  ...['BUSY', 'CLUSTERDOWN', 'LOADING', 'MASTERDOWN', 'NOREPLICAS', 'READONLY', 'TRYAGAIN'],
]);

/** A client that gave up on its connections. */
const redisNames: ReadonlySet<unknown> = new Set([
  'MaxRetriesPerRequestError',
  'ClusterAllFailedError',
]);

/** Redis puts the code of a reply into its first word. */
export function isTransientInRedis(error: unknown): boolean {
  const name = readProperty(error, 'name');
  if (redisNames.has(name)) return true;
  const message = readProperty(error, 'message');
  return (
    name === 'ReplyError' &&
    typeof message === 'string' &&
    redisReplies.has(message.split(' ', 1)[0])
  );
}

/** What pg, pg-pool and ioredis say about a connection in a plain Error that has no code. */
const connectionTexts: ReadonlySet<unknown> = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
  "Cluster isn't ready and enableOfflineQueue options is false",
  'None of startup nodes is available',
  'Command timed out',
]);

/** Whether an error without a code is about a connection that a client has lost or could not get. */
export function isLostConnection(error: unknown): boolean {
  return (
    readProperty(error, 'name') === 'Error' && connectionTexts.has(readProperty(error, 'message'))
  );
}
