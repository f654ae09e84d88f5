/**
 * Whether the tables of a database are those of the driver that is installed.
 * @module
 */
import { type Finding, fine } from '../finding.ts';

/**
 * Compares the steps that were taken with those that the driver knows.
 *
 * @param taken - undefined where there are no tables yet.
 * @param sql - what the driver's `migrationSql()` gives, which names each of its steps in a comment.
 */
export function migrationFinding(taken: number | undefined, sql: string, driver: string): Finding {
  const known = sql.match(/^-- Step \d+:/gm)?.length ?? 0;
  const fix = `Call migrate() of ${driver}, or have an owner of the database run what migrationSql() gives.`;
  if (taken === undefined) {
    return { severity: 'warning', message: 'has no tables of runafter yet', fix };
  }
  if (taken < known) {
    return { severity: 'problem', message: `has taken ${taken} of ${known} migrations`, fix };
  }
  if (taken > known) {
    return {
      severity: 'warning',
      message: `has taken ${taken} migrations, and ${driver} here knows ${known}`,
      fix: `Update ${driver}: a newer version of it has been at work on the database.`,
    };
  }
  return fine(`its tables are up to date (${known} migrations)`);
}
