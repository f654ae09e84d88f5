/** Migrates the database of TEST_POSTGRES_URL: `node migrate.ts SCHEMA`. */
import { migrate } from '@runafter/postgres';

await migrate(process.env.TEST_POSTGRES_URL ?? '', { schema: process.argv[2] });
