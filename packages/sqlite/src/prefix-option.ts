/**
 * The prefix by which several stores or counters share the tables of one file.
 * @module
 */
import type { Database } from './database.ts';
import { StoreOptionError } from './store-errors.ts';

/** @throws {StoreOptionError} `STORE_OPTION_INVALID` */
export function assertPrefixOption(file: string, prefix: unknown): void {
  const isFine = typeof prefix === 'string' && prefix.isWellFormed() && prefix.length <= 200;
  if (isFine) return;
  const fix = 'Pass up to 200 characters of well-formed Unicode.';
  throw new StoreOptionError(file, 'prefix', prefix, fix);
}

/** What errors call it, such as `SQLite documents "order/" in app.db`. */
export function serviceName(what: string, prefix: string, { file }: Database): string {
  return `SQLite ${what}${prefix === '' ? '' : ` ${JSON.stringify(prefix)}`} in ${file}`;
}
