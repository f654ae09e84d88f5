/**
 * Names and texts inside SQL. Values never stand there: they travel beside it, as parameters.
 * @module
 */
import { ServiceOptionError } from '@runafter/errors';

/** PostgreSQL cuts what is longer without an error, and two long names could become one. */
const maxBytes = 63;

/**
 * A schema's name, quoted: whatever is in it is part of the name.
 *
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`: PostgreSQL has no such names.
 */
export function quotedSchema(service: string, option: string, name: string): string {
  if (typeof name !== 'string' || name === '' || name.includes('\0') || !name.isWellFormed()) {
    throw new ServiceOptionError(service, option, 'is not a name. Pass 1 to 63 bytes of text.');
  }
  if (Buffer.byteLength(name) > maxBytes) {
    const fix = `is longer than the ${maxBytes} bytes that PostgreSQL keeps of a name: "${name}". Shorten it.`;
    throw new ServiceOptionError(service, option, fix);
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal that means the same whether or not backslashes are special. */
export function quotedText(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}
