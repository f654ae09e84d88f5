/**
 * Options that a store of documents has on every backend.
 * @module
 */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { Codec } from './codec.ts';

/** Options of every store of documents; a driver adds its own. */
export interface DocumentStoreOptions<T> {
  /**
   * Checks values on every read and write: a schema of any library that speaks Standard Schema (zod,
   * valibot, arktype, …). It must accept its own output, so it may fill in defaults but not turn texts
   * into dates. Default: values are not checked.
   *
   * @see https://standardschema.dev
   */
  readonly schema?: StandardSchemaV1<unknown, T> | undefined;
  /** How values become text. Default: `jsonCodec`. */
  readonly codec?: Codec | undefined;
}
