/**
 * What a database file of ours looks like, and how an older one becomes a newer one.
 *
 * Invariant: a step that was published never changes; what comes later is a step of its own at the end.
 * The number of steps that a file has seen is its `user_version`.
 * @module
 */
import { counterTables } from './counters/counter-tables.ts';
import { documentTables } from './documents/document-tables.ts';
import { lockTables } from './locks/lock-tables.ts';
import { poolTables } from './pools/pool-tables.ts';
import { deliveries, runTables } from './run-store/run-tables.ts';

/** Marks a file as ours in SQLite's `application_id`: the letters "runa". */
export const applicationId = 0x72756e61;

/** The steps, oldest first, as SQL. They are run in one transaction. */
export const migrations: readonly string[] = [
  runTables,
  documentTables,
  counterTables,
  lockTables,
  poolTables,
  deliveries,
];
