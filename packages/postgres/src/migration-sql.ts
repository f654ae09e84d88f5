/**
 * The migration as one text of SQL: migrate() runs it, and whoever may not let programs change a schema
 * runs it by hand.
 *
 * Invariant: it may be run again, and by many at once: a lock lets one pass at a time, and each step looks
 * whether it was taken.
 * @module
 */
import { ServiceOptionError } from '@runafter/errors';
import { type Migration, migrations } from './migrations.ts';
import { quotedSchema, quotedText } from './quoted-name.ts';

/** Options of {@link migrationSql}. */
export interface MigrationSqlOptions {
  /** The schema in which everything is kept; it is created. Default `runafter`. */
  readonly schema?: string | undefined;
  /** How many steps were taken before and are left out. Default 0: all are there, and look for themselves. */
  readonly from?: number | undefined;
}

const service = 'PostgreSQL migration';

/**
 * The SQL that `migrate()` runs, for psql or any other tool. It is one transaction and may be run again.
 *
 * @throws {ServiceOptionError} `SERVICE_OPTION_INVALID`
 * @example
 * await writeFile('runafter.sql', migrationSql({ schema: 'runafter' }));
 */
export function migrationSql({ schema = 'runafter', from = 0 }: MigrationSqlOptions = {}): string {
  const name = quotedSchema(service, 'schema', schema);
  if (!Number.isInteger(from) || from < 0 || from > migrations.length) {
    const fix = `is ${from}. Pass how many steps were taken before, 0 to ${migrations.length}.`;
    throw new ServiceOptionError(service, 'from', fix);
  }
  return [
    // Each statement after the lock has to see what others did before they let go of it.
    'BEGIN ISOLATION LEVEL READ COMMITTED;',
    `SELECT pg_advisory_xact_lock(hashtextextended(${quotedText(`runafter.migrate ${schema}`)}, 0));`,
    // CREATE … IF NOT EXISTS wants the right to create even when nothing is created.
    unless(
      `EXISTS (SELECT FROM pg_namespace WHERE nspname = ${quotedText(schema)})`,
      `CREATE SCHEMA ${name};`,
    ),
    unless(
      `to_regclass(${quotedText(`${name}.migrations`)}) IS NOT NULL`,
      `CREATE TABLE ${name}.migrations (step integer PRIMARY KEY, taken_at timestamptz NOT NULL DEFAULT now());`,
    ),
    ...migrations.slice(from).map((step, index) => stepSql(name, from + index + 1, step)),
    'COMMIT;\n',
  ].join('\n\n');
}

function stepSql(schema: string, number: number, { title, sql }: Migration): string {
  const taken = `EXISTS (SELECT FROM ${schema}.migrations WHERE step = ${number})`;
  const take = `INSERT INTO ${schema}.migrations (step) VALUES (${number});`;
  // The replacement is a function, since in a text $ signs would have a meaning.
  const doIt = sql.replaceAll(':schema', () => schema);
  return `-- Step ${number}: ${title}\n${unless(taken, `${doIt}\n${take}`)}`;
}

/** A block that does something where a condition does not hold. */
function unless(condition: string, sql: string): string {
  const body = `BEGIN\nIF NOT (${condition}) THEN\n${sql}\nEND IF;\nEND`;
  const quote = dollarQuoteFor(body);
  return `DO ${quote}\n${body}\n${quote};`;
}

/** A quote that the text, which has names of anybody's choice in it, cannot end. */
function dollarQuoteFor(text: string): string {
  for (let number = 0; ; number++) {
    const quote = number === 0 ? '$$' : `$q${number}$`;
    if (!text.includes(quote)) return quote;
  }
}
