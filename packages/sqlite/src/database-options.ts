/**
 * What every driver of this package is told about its file.
 * @module
 */
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import { Database } from './database.ts';
import type { Synchronous } from './open-connection.ts';
import { StoreOptionError } from './store-errors.ts';

/** Options of every driver on a file. */
export interface SqliteFileOptions {
  /**
   * When a commit is forced to the disk. `'full'`: before it is acknowledged, so what is acknowledged
   * survives a power cut. `'normal'`: some time later, which is several times faster; a crash of the
   * process loses nothing, a power cut may lose the last commits, and the file stays consistent.
   * Default 'full'.
   */
  readonly synchronous?: Synchronous | undefined;
  /** How long a call waits while another process has the file. 0 tries once. Default '10s'. */
  readonly busyTimeout?: Duration | undefined;
  /** By which waits are made, and whatever has a time expires. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Only reads, and refuses writes. The file must be there. Default false. */
  readonly readOnly?: boolean | undefined;
}

/**
 * The database, which is opened by the first call.
 *
 * @throws {DurationError} `DURATION_INVALID`
 * @throws {StoreOptionError} `STORE_OPTION_INVALID`
 */
export function databaseOf(file: string, options: SqliteFileOptions): Database {
  const { synchronous = 'full', busyTimeout = '10s', clock = systemClock, readOnly } = options;
  if (typeof file !== 'string' || file === '') {
    throw new StoreOptionError(file, 'file', file, "Pass the path of a file, or ':memory:'.");
  }
  if (synchronous !== 'full' && synchronous !== 'normal') {
    throw new StoreOptionError(file, 'synchronous', synchronous, "Pass 'full' or 'normal'.");
  }
  return new Database(file, {
    synchronous,
    readOnly: readOnly ?? false,
    clock,
    busyTimeout: parseDuration(busyTimeout, 'busyTimeout'),
  });
}
