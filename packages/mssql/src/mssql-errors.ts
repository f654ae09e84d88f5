/**
 * From the error numbers of SQL Server, and the codes of its client, to our errors, in one place.
 *
 * Invariant: numbers and codes decide, never texts. A request that was sent and did not end with a number
 * of the server's may have been carried out.
 * @see https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
 * @module
 */
import {
  readProperty,
  type ServiceError,
  ServiceRefusedError,
  ServiceUnavailableError,
} from '@runafter/errors';

/** From this severity on, the server ends the session, so nobody can say how far the request came. */
const endsSession = 20;

/** The same, at lower severities: Azure SQL moved the database, the session was killed, a shutdown began. */
const interrupted: readonly number[] = [40143, 40197, 596, 6005];

/** Deadlock victim, and a conflict under snapshot isolation: rolled back, so it may simply be run again. */
const conflicts: readonly number[] = [1205, 3960];

/** A lock or memory was not to be had, the log is full, Azure SQL is too busy: nothing was done. */
const passing: readonly number[] = [
  ...[701, 802, 1204, 1222, 8645, 8651, 9002],
  ...[10928, 10929, 40501, 40613, 49918, 49919, 49920],
];

/** Babelfish's number for whatever has none in SQL Server, a missing table among it. */
const unspecified = 33557097;

/** What to do about numbers that need more than a look at the cause. */
const fixes: readonly (readonly [numbers: readonly number[], fix: string])[] = [
  [
    [207, 208, 2760, 2812],
    'Its tables or procedures are not there, or too old: call migrate(), with the same schema.',
  ],
  [[unspecified], 'If its tables are not there, call migrate(), with the same schema.'],
  [
    [262],
    'This user may not create it: grant that, or have another one run migrationSql(). Where that has been done, grant it SELECT on the table migrations.',
  ],
  [[229, 230], 'Grant this user SELECT, INSERT, UPDATE, DELETE and EXECUTE on the schema.'],
  [[3906, 3908], 'The database only takes reads: connect to the primary replica.'],
  [[1946], 'The key is too long for its index: it holds too many U+0000 or U+0001.'],
];

/** Why a request failed. */
export function requestFault(service: string, cause: unknown): ServiceError {
  if (!wasSent(cause)) return connectionFault(service, cause);
  if (numberOf(cause) === undefined || endedTheSession(cause)) {
    return new ServiceUnavailableError(service, 'unknown', { cause });
  }
  if (isOneOf(cause, conflicts) || isOneOf(cause, passing)) {
    return new ServiceUnavailableError(service, 'not-done', { cause });
  }
  const [, fix] = fixes.find(([numbers]) => isOneOf(cause, numbers)) ?? [];
  return new ServiceRefusedError(service, fix ?? 'The cause is what SQL Server said.', { cause });
}

/** Why sp_getapplock or sp_releaseapplock did not do what it was asked for, by its return code. */
export function applockFault(service: string, code: number): ServiceError {
  const cause = new Error(`the application lock was not granted: return code ${code}`);
  // Cancelled, and a deadlock victim.
  if (code === -2 || code === -3)
    return new ServiceUnavailableError(service, 'not-done', { cause });
  const fix = 'Its procedures may be of another version: call migrate(), with the same schema.';
  return new ServiceRefusedError(service, fix, { cause });
}

/** Two transactions were in each other's way, and this one was rolled back. */
export function isConflict(error: unknown): boolean {
  return isOneOf(error, conflicts);
}

/** A row with this key is there already. */
export function isDuplicate(error: unknown): boolean {
  return isOneOf(error, [2627, 2601]);
}

/** A number left the range of its type. */
export function isOutOfRange(error: unknown): boolean {
  return isOneOf(error, [8115]);
}

/** Why a connection could not be had: the request was not sent. */
function connectionFault(service: string, cause: unknown): ServiceError {
  const code = readProperty(cause, 'code');
  if (code === 'ECONNCLOSED' || code === 'ENOTOPEN') {
    const fix =
      'Its pool is not connected: await its connect() before using it, and close it after its last use.';
    return new ServiceRefusedError(service, fix, { cause });
  }
  const login = code === 'ELOGIN';
  const isTransient = readProperty(readProperty(cause, 'originalError'), 'isTransient') === true;
  return (login && !isTransient) || isUnusable(cause)
    ? new ServiceRefusedError(service, 'Correct what it is connected with.', { cause })
    : new ServiceUnavailableError(service, 'not-done', { cause });
}

/** Options or a connection string that the client cannot take. */
function isUnusable(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

/** The client has a class of its own for what happens to a request that has a connection. */
function wasSent(error: unknown): boolean {
  return readProperty(error, 'name') === 'RequestError';
}

function endedTheSession(error: unknown): boolean {
  return (
    isOneOf(error, interrupted) || reported(error).some((each) => severityOf(each) >= endsSession)
  );
}

function isOneOf(error: unknown, numbers: readonly number[]): boolean {
  return reported(error).some((each) => {
    const number = numberOf(each);
    return number !== undefined && numbers.includes(number);
  });
}

/**
 * All that the server reported: the client throws the last, which may say no more than that there were
 * others (2759 after 262), and hangs those onto it.
 */
function reported(error: unknown): readonly unknown[] {
  const preceding = readProperty(error, 'precedingErrors');
  return Array.isArray(preceding) ? [error, ...preceding] : [error];
}

/** For failures of its own the client puts a code there, as text. */
function numberOf(error: unknown): number | undefined {
  const number = readProperty(error, 'number');
  return typeof number === 'number' ? number : undefined;
}

function severityOf(error: unknown): number {
  const severity = readProperty(error, 'class');
  return typeof severity === 'number' ? severity : 0;
}
