/**
 * From what ioredis rejects with to the faults of a service, in one place.
 *
 * A reply of the server begins with a code, the first word of it; nothing else of its text is looked at.
 * Such a reply means that nothing was done. All other failures (a cut connection, a time-out, a client
 * that gave up) say nothing about whether the server has carried the command out.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 * @module
 */
import {
  isRunafterError,
  type RequestOutcome,
  readProperty,
  ServiceRefusedError,
  ServiceUnavailableError,
} from '@runafter/errors';

/** States of a server that pass: starting, failing over, moving slots, without enough replicas. */
const passing: ReadonlySet<string> = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'NOREPLICAS',
  'READONLY',
  'TRYAGAIN',
]);

/** What to do about a refusal. Other codes tell enough by themselves. */
const fixes: Readonly<Record<string, string>> = {
  MISCONF: 'Redis cannot save to its disk and so takes no writes: look at its log.',
  MOVED: 'This server is part of a cluster: hand over a Cluster of ioredis.',
  NOAUTH: 'Pass a password.',
  NOPERM: 'Allow the user the keys and the commands that the README of @runafter/redis lists.',
  OOM: 'Redis has reached its maxmemory: raise it, or remove what is not needed.',
  WRONGPASS: 'Pass the right user name and password.',
  WRONGTYPE: 'Something else has written to a key with this prefix: use another prefix.',
};

/** The code of an error that the server has answered with; undefined for any other failure. */
export function replyCode(error: unknown): string | undefined {
  if (readProperty(error, 'name') !== 'ReplyError') return undefined;
  return /^\S+/.exec(String(readProperty(error, 'message')))?.[0];
}

/**
 * @param outcome - of a request that failed without a reply.
 * @returns our error for what a client rejected with; an error of ours as it is.
 */
export function redisFault(
  service: string,
  error: unknown,
  outcome: RequestOutcome = 'unknown',
): unknown {
  if (isRunafterError(error)) return error;
  const code = replyCode(error);
  if (code === undefined) return new ServiceUnavailableError(service, outcome, { cause: error });
  if (passing.has(code)) return new ServiceUnavailableError(service, 'not-done', { cause: error });
  const fix = fixes[code] ?? 'Trying again does not help.';
  return new ServiceRefusedError(service, fix, { cause: error });
}
