/** Migrates the database of TEST_MSSQL_URL: `node migrate.ts SCHEMA`. */
import { migrate } from '@runafter/mssql';

await migrate(process.env.TEST_MSSQL_URL ?? '', { schema: process.argv[2] });
