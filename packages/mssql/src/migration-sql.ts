/**
 * The migration as one batch of T-SQL: migrate() runs it, and whoever may not let programs change a schema
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

const service = 'SQL Server migration';

/**
 * The T-SQL that `migrate()` runs, for sqlcmd or any other tool. It is one batch and one transaction,
 * and may be run again.
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
  const createTable = `CREATE TABLE ${name}.migrations (
  step int NOT NULL CONSTRAINT migrations_step PRIMARY KEY,
  taken_at datetime2(3) NOT NULL DEFAULT SYSUTCDATETIME()
);`;
  return [
    'SET XACT_ABORT ON;\nBEGIN TRANSACTION;',
    lock(schema),
    `IF SCHEMA_ID(${quotedText(schema)}) IS NULL\n${execute(`CREATE SCHEMA ${name};`)}`,
    `IF OBJECT_ID(${quotedText(`${name}.migrations`)}) IS NULL\n${execute(createTable)}`,
    ...migrations.slice(from).map((step, index) => stepSql(name, from + index + 1, step)),
    'COMMIT TRANSACTION;\n',
  ].join('\n\n');
}

/** Held until the transaction ends. THROW ends the batch, and with it the transaction. */
function lock(schema: string): string {
  const resource = quotedText(`runafter.migrate ${schema}`);
  return `DECLARE @lock int;
EXEC @lock = sp_getapplock @Resource = ${resource}, @LockMode = N'Exclusive',
  @LockOwner = N'Transaction', @LockTimeout = 60000;
IF @lock < 0 THROW 51000, N'Another migration of this schema has not ended within a minute.', 1;`;
}

function stepSql(schema: string, number: number, { title, batches }: Migration): string {
  // The replacement is a function, since in a text $ signs would have a meaning.
  const filled = batches.map((batch) => batch.replaceAll(':schema', () => schema));
  return `-- Step ${number}: ${title}
IF NOT EXISTS (SELECT 1 FROM ${schema}.migrations WHERE step = ${number})
BEGIN
${filled.map(execute).join('\n\n')}

INSERT INTO ${schema}.migrations (step) VALUES (${number});
END;`;
}

/** A batch of its own, which some statements have to be. */
function execute(batch: string): string {
  return `EXEC (${quotedText(batch)});`;
}
