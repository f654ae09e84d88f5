/**
 * Brings a database's write-ahead log into its file again and again, as a backup program may do, until
 * it is killed.
 * @module
 */
import { DatabaseSync } from 'node:sqlite';
import { systemClock } from '@runafter/clock';

const { database: file } = JSON.parse(String(process.argv[2])) as { database: string };
const database = new DatabaseSync(file, { timeout: 10_000 });
for (;;) {
  database.exec('PRAGMA wal_checkpoint(PASSIVE)');
  await systemClock.sleep(5);
}
