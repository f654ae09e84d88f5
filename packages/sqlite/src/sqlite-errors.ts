/**
 * From SQLite's result codes to our errors, in one place.
 *
 * Invariant: only the number decides. Texts differ from version to version.
 * @module
 */
import { readProperty } from '@runafter/errors';
import {
  StoreCorruptError,
  StoreFullError,
  StoreIoError,
  StoreOpenFailedError,
  StoreReadOnlyError,
} from './store-errors.ts';

/** Primary result codes: the low byte of what SQLite answers. See https://sqlite.org/rescode.html. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** Whether somebody else has the database for the moment, so that it is worth trying again. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/**
 * Our error for one of SQLite's that will not pass; anything else as it is: an error of ours, or a mistake
 * to be seen. Busy is not among them: only who has waited knows that it is a fault.
 */
export function storeFault(file: string, error: unknown): unknown {
  const options = { cause: error };
  switch (resultCode(error)) {
    case READONLY:
      return new StoreReadOnlyError(file, options);
    case IOERR:
      return new StoreIoError(file, options);
    case CORRUPT:
    case NOTADB:
      return new StoreCorruptError(file, options);
    case FULL:
      return new StoreFullError(file, options);
    case CANTOPEN:
      return new StoreOpenFailedError(
        file,
        'Create its folder, or give this process the right to read and write in it.',
        options,
      );
    default:
      return error;
  }
}

function resultCode(error: unknown): number | undefined {
  const extended = readProperty(error, 'errcode');
  return typeof extended === 'number' ? extended & 0xff : undefined;
}
