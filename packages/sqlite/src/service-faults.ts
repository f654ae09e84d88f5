/**
 * From faults of a database to those that documents and counters have on every backend, in one place. The
 * database's own error stays as the cause.
 *
 * Invariant: only where SQLite could not tell whether it has written is an outcome unknown.
 * @module
 */
import {
  hasCode,
  ServiceClosedError,
  ServiceRefusedError,
  ServiceUnavailableError,
} from '@runafter/errors';
import { StoreError } from './store-errors.ts';

/** What the work resolves with. What it rejects with becomes a fault of the service. */
export async function asService<T>(service: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw serviceFault(service, error);
  }
}

function serviceFault(service: string, cause: unknown): unknown {
  if (!(cause instanceof StoreError)) return cause;
  if (hasCode(cause, 'STORE_CLOSED')) return new ServiceClosedError(service, { cause });
  if (hasCode(cause, 'STORE_BUSY')) {
    return new ServiceUnavailableError(service, 'not-done', { cause });
  }
  if (hasCode(cause, 'STORE_IO_FAILED')) {
    return new ServiceUnavailableError(service, 'unknown', { cause });
  }
  return new ServiceRefusedError(service, 'Nothing was done.', { cause });
}
