/**
 * The database of the people department: the log of who was onboarded, and the licences.
 *
 * Invariant: an entry is made once for each operation, and can be taken back by it. A batch sees what is
 * its own, so that several can be kept in one database.
 * Read next: sqlite-hr-database.ts; open-hr-database.ts, which chooses one.
 * @module
 */
import type { PoolStore } from '@runafter/claim';

/** Somebody was onboarded, with this. */
export interface LogEntry {
  /** The idempotency key of the action that has written it. */
  readonly operation: string;
  /** The employee number. */
  readonly employee: string;
  readonly account: string;
  readonly site: string;
  readonly licence: string;
}

export interface HrDatabase extends AsyncDisposable {
  /** What people call it: `SQLite`, `PostgreSQL`, `SQL Server`. */
  readonly title: string;
  readonly batch: string;
  readonly pools: PoolStore;
  /** Writes an entry; repeated with the same operation, it changes nothing. */
  log(entry: LogEntry): Promise<void>;
  /** Takes an entry back, if it is there. */
  unlog(operation: string): Promise<void>;
  /** The entries of this batch, by employee number. */
  logged(): Promise<LogEntry[]>;
}
