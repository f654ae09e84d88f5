/**
 * A backend as the doctor sees it: it answers, tells its version and its time, and is looked at more
 * closely in its own way.
 *
 * The clients are those that the project's drivers use; the doctor itself depends on none.
 * @module
 */
import type { Finding } from './finding.ts';

/** A connection to a backend. */
export interface Backend {
  readonly version: string;
  /** Milliseconds of which the time that it tells is a multiple. */
  readonly resolution: number;
  /** Its time of day, in milliseconds since 1970. One round trip. */
  now(): Promise<number>;
  /** What is particular about it. */
  examine(): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** Where a backend is, and who named it. */
export interface BackendAddress {
  readonly kind: 'sqlite' | 'redis' | 'postgres' | 'mssql' | 'azure-blob';
  readonly address: string;
  /** For people: without passwords and keys. */
  readonly label: string;
  /** The key prefix or schema, where it is not the default. */
  readonly place?: string | undefined;
  /** `--store`, or an environment variable. */
  readonly source: string;
}

/** Connects to a backend; rejects when that fails. */
export type Connect = (target: BackendAddress, folder: string) => Promise<Backend>;
