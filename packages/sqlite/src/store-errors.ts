/**
 * What can be wrong with a database: one class for each thing that a caller may want to treat differently.
 *
 * Each names the file and keeps what SQLite said as its cause. Read next: sqlite-errors.ts, which tells
 * them apart.
 * @module
 */
import { formatDuration } from '@runafter/clock';
import { type ErrorCode, RunafterError } from '@runafter/errors';

interface Caused {
  readonly cause?: unknown;
}

/** The base of all faults of a database. */
export abstract class StoreError extends RunafterError {
  /** The database, as it was named to the driver. */
  readonly file: string;

  constructor(code: ErrorCode, file: string, message: string, options?: Caused) {
    super(code, message, options);
    this.file = file;
  }
}

/** `STORE_BUSY`: others kept the database to themselves for the whole `busyTimeout`. Nothing was written. */
export class StoreBusyError extends StoreError {
  readonly waitedMs: number;

  constructor(file: string, waitedMs: number, options?: Caused) {
    super(
      'STORE_BUSY',
      file,
      `The database ${file} was held by another process for ${formatDuration(waitedMs)}. ` +
        'Try again; when it happens often, look for a program that keeps a transaction open, or raise busyTimeout.',
      options,
    );
    this.waitedMs = waitedMs;
  }
}

/** `STORE_FULL`: there is no room for what was to be written. What was written before is there. */
export class StoreFullError extends StoreError {
  constructor(file: string, options?: Caused) {
    super(
      'STORE_FULL',
      file,
      `The database ${file} cannot grow: the disk is full, or its max_page_count is reached. ` +
        'Nothing of this write is stored. Make room, or delete runs that have ended, and try again.',
      options,
    );
  }
}

/** `STORE_READ_ONLY`: something was to be written that may only be read. */
export class StoreReadOnlyError extends StoreError {
  constructor(file: string, options?: Caused) {
    super(
      'STORE_READ_ONLY',
      file,
      `The database ${file} can only be read. ` +
        'Open it without readOnly, in a file and a folder that this process may write to, and that nobody has moved since.',
      options,
    );
  }
}

/** `STORE_CORRUPT`: the file is no database, or a damaged one. */
export class StoreCorruptError extends StoreError {
  constructor(file: string, options?: Caused) {
    super(
      'STORE_CORRUPT',
      file,
      `The file ${file} is not a database, or it is damaged. ` +
        'Restore it from a backup together with its -wal file, or save what can be read with the .recover command of sqlite3.',
      options,
    );
  }
}

/** `STORE_SCHEMA_NEWER`: a newer version of this package has written the file. It was left alone. */
export class StoreSchemaNewerError extends StoreError {
  /** The schema version of the file. */
  readonly found: number;
  /** The newest version that this package knows. */
  readonly known: number;

  constructor(file: string, found: number, known: number) {
    super(
      'STORE_SCHEMA_NEWER',
      file,
      `The database ${file} has schema version ${found}; this version of @runafter/sqlite knows ${known}. ` +
        'Update the package in every program that opens the file.',
    );
    this.found = found;
    this.known = known;
  }
}

/** `STORE_FOREIGN`: the file is the database of another program. It was left alone. */
export class StoreForeignError extends StoreError {
  /** What the file says of its program: SQLite's `application_id`; 0 when it says nothing. */
  readonly applicationId: number;

  constructor(file: string, applicationId: number) {
    super(
      'STORE_FOREIGN',
      file,
      `The database ${file} belongs to another program (application_id ${applicationId}). ` +
        'Name a file of its own for runafter.',
    );
    this.applicationId = applicationId;
  }
}

/** `STORE_CLOSED`: a call after `close()`. */
export class StoreClosedError extends StoreError {
  constructor(file: string) {
    super(
      'STORE_CLOSED',
      file,
      `The store on ${file} was closed. Close it after the last run has finished, or make another one.`,
    );
  }
}

/** `STORE_OPEN_FAILED`: the file cannot be opened, or not in the way that several processes need. */
export class StoreOpenFailedError extends StoreError {
  /** @param reason - what is in the way, as a sentence. */
  constructor(file: string, reason: string, options?: Caused) {
    super('STORE_OPEN_FAILED', file, `The database ${file} cannot be opened. ${reason}`, options);
  }
}

/** `STORE_IO_FAILED`: the disk or the file system refused to read or to write. */
export class StoreIoError extends StoreError {
  constructor(file: string, options?: Caused) {
    super(
      'STORE_IO_FAILED',
      file,
      `Reading or writing the database ${file} failed. ` +
        'This write is not acknowledged. Look at the disk and the file system, which must be a local one.',
      options,
    );
  }
}

/** `STORE_OPTION_INVALID`: an option of the driver has a value that it cannot have. */
export class StoreOptionError extends StoreError {
  readonly option: string;

  /** @param reason - what would be accepted, as a sentence. */
  constructor(file: string, option: string, value: unknown, reason: string) {
    super('STORE_OPTION_INVALID', file, `${option}: ${String(value)} cannot be used. ${reason}`);
    this.option = option;
  }
}
