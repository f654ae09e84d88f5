/**
 * Names and texts inside T-SQL. Values never stand there: they travel beside it, as parameters.
 * @module
 */
import { ServiceOptionError } from '@runafter/errors';

/** What `sysname` takes. */
const maxLength = 128;

/**
 * A schema's name, quoted: whatever is in it is part of the name.
 *
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`: SQL Server has no such names.
 */
export function quotedSchema(service: string, option: string, name: string): string {
  if (typeof name !== 'string' || name === '' || name.includes('\0') || !name.isWellFormed()) {
    const fix = `is not a name. Pass 1 to ${maxLength} characters of text.`;
    throw new ServiceOptionError(service, option, fix);
  }
  if (name.length > maxLength) {
    const fix = `is longer than the ${maxLength} characters that SQL Server takes: "${name}". Shorten it.`;
    throw new ServiceOptionError(service, option, fix);
  }
  return `[${name.replaceAll(']', ']]')}]`;
}

/** A text as a T-SQL literal. */
export function quotedText(text: string): string {
  return `N'${text.replaceAll("'", "''")}'`;
}
