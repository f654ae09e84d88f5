/**
 * Which fields of a row make up the value, and which of them are sent back.
 *
 * A row has more than anybody wants to write: annotations, ids, dates of the service. A field of the value
 * that nobody has named is refused, because it would be lost without a word.
 * @module
 */
import type { HttpResource } from './http-resource.ts';

/** The fields of a row that make up the value. */
export interface RowFieldOptions {
  /** Read and written. A write sends those that the value has, and leaves the others as they are. */
  readonly fields: readonly string[];
  /** Read only: what the service keeps itself. A write leaves them out. Default: none. */
  readonly readOnlyFields?: readonly string[] | undefined;
}

/** Both directions, for a resource. */
export function rowFields({
  fields,
  readOnlyFields = [],
}: RowFieldOptions): Required<Pick<HttpResource, 'parse' | 'format'>> {
  const writable = new Set(fields.filter((field) => !readOnlyFields.includes(field)));
  const known = new Set([...fields, ...readOnlyFields]);
  return {
    parse: (row) => Object.fromEntries(fieldsOf(row).filter(([field]) => known.has(field))),
    format(value) {
      const given = fieldsOf(value);
      const stray = given.find(([field]) => !known.has(field));
      if (stray !== undefined) {
        throw new TypeError(`value.${stray[0]} is not among the fields that are declared`);
      }
      return Object.fromEntries(given.filter(([field]) => writable.has(field)));
    },
  };
}

function fieldsOf(row: unknown): [string, unknown][] {
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return Object.entries(row);
  throw new TypeError('it is no object with fields');
}
