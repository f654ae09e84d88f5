/**
 * From PostgreSQL's SQLSTATEs to our errors, in one place.
 *
 * Invariant: the code alone decides. An error without one did not come from the server, so a request that
 * ended with it may have been carried out.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 * @module
 */
import {
  readProperty,
  type ServiceError,
  ServiceRefusedError,
  ServiceUnavailableError,
} from '@runafter/errors';

/** A wrong password, a missing right to connect, a database that is not there. */
const loginRefused: readonly string[] = ['28', '3D'];

/** The session was ended, or nobody can say how the statement ended: also after its commit. */
const sessionEnded: readonly string[] = ['08', '40003', '57P0', '25P03'];

/** Out of resources, a lock that is not free, cancelled by a time limit, a conflict: nothing was done. */
const passing: readonly string[] = ['40', '53', '55P03', '57014'];

/** A schema, a table, a column or a function is not there. */
const missing: readonly string[] = ['3F000', '42P01', '42703', '42883'];

/** What to do about codes that need more than a look at the cause. */
const fixes: readonly (readonly [codes: readonly string[], fix: string])[] = [
  [missing, 'Its tables are not there, or too old: call migrate(), with the same schema.'],
  [
    ['42501'],
    "Grant this role USAGE on the schema, and reading and writing on the schema's tables: again after each migration.",
  ],
  [['25006'], 'It only takes reads: connect to the primary server.'],
  [['22021', '22P05'], 'It cannot keep every character: use a database whose encoding is UTF8.'],
];

/** Why a connection could not be had: the request was not sent. */
export function connectionFault(service: string, cause: unknown): ServiceError {
  return is(cause, loginRefused) || isUnusable(cause)
    ? new ServiceRefusedError(service, 'Correct what it is connected with.', { cause })
    : new ServiceUnavailableError(service, 'not-done', { cause });
}

/** Why a statement failed that was sent. */
export function statementFault(service: string, cause: unknown): ServiceError {
  if (sqlState(cause) === undefined || is(cause, sessionEnded)) {
    return new ServiceUnavailableError(service, 'unknown', { cause });
  }
  if (is(cause, passing)) return new ServiceUnavailableError(service, 'not-done', { cause });
  const [, fix] = fixes.find(([codes]) => is(cause, codes)) ?? [];
  return new ServiceRefusedError(service, fix ?? 'The cause is what PostgreSQL said.', { cause });
}

/** Two transactions were in each other's way, and this one was rolled back: it may simply be run again. */
export function isConflict(error: unknown): boolean {
  return is(error, ['40001', '40P01']);
}

/** A row is there already that a unique index does not let come twice. */
export function isDuplicate(error: unknown): boolean {
  return is(error, ['23505']);
}

/** The role lacks a right. */
export function isForbidden(error: unknown): boolean {
  return is(error, ['42501']);
}

/** A number left the range of bigint. */
export function isOutOfRange(error: unknown): boolean {
  return is(error, ['22003']);
}

/** The statement would go beyond a limit of the server, such as the length of its queue of notifications. */
export function isLimitExceeded(error: unknown): boolean {
  return is(error, ['54000']);
}

/** Whether its session can be used for the next statement. */
export function leavesSessionUsable(error: unknown): boolean {
  return sqlState(error) !== undefined && !is(error, sessionEnded);
}

/** Options or a connection string that the client cannot take. */
function isUnusable(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError;
}

function is(error: unknown, beginnings: readonly string[]): boolean {
  const state = sqlState(error);
  return state !== undefined && beginnings.some((beginning) => state.startsWith(beginning));
}

/** Errors of Node have a `code`, too (EPIPE); only the server's come with a severity. */
function sqlState(error: unknown): string | undefined {
  const code = readProperty(error, 'code');
  return typeof code === 'string' && typeof readProperty(error, 'severity') === 'string'
    ? code
    : undefined;
}
