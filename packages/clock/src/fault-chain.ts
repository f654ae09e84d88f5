/**
 * An error, and what caused it: libraries wrap what a client has told them.
 * @module
 */
import { readProperty } from '@runafter/errors';

/** How many are looked at; a chain may be a circle. */
const longest = 8;

/** The error itself, then its cause, then the cause of that. Never throws. */
export function faultChain(error: unknown): readonly unknown[] {
  const chain = [error];
  for (let cause = causeOf(error); cause !== undefined; cause = causeOf(cause)) {
    if (chain.length === longest) break;
    chain.push(cause);
  }
  return chain;
}

/** ES2022 calls it `cause`; the client of SQL Server had its `originalError` before that. */
function causeOf(error: unknown): unknown {
  return readProperty(error, 'cause') ?? readProperty(error, 'originalError') ?? undefined;
}
