/**
 * PostgreSQL: runs are kept in tables; Redis has only the queues.
 * @module
 */
import { migrate, postgresRunStore } from '@runafter/postgres';
import { defineDistributedBackend } from '../backend.ts';

/** Sessions of each process. */
const max = 4;

export const backend = defineDistributedBackend({
  name: 'postgres',
  place: 'postgres',
  isWrite: /"call":"(createRun|recordOutcome|saveState|putSignal|claimAttempt|endRun)"/,
  prepare: ({ url }) => migrate(url),
  openStore: ({ place: { url } }) => postgresRunStore({ connectionString: url, max }),
});
