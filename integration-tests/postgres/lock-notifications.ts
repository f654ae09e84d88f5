/**
 * What is told of locks by NOTIFY, as a session hears it that is connected directly.
 * @module
 */
import { hash } from 'node:crypto';
import pg from 'pg';
import { onTestFinished } from 'vitest';

export interface LockNotifications {
  /** The names of locks that were released, and what the sessions that listen test themselves with. */
  readonly payloads: readonly string[];
  /** Resolves when all that was sent before has been heard. */
  settled(): Promise<void>;
}

/** Listens until the test has finished. */
export async function hearLocks(url: string, schema = 'runafter'): Promise<LockNotifications> {
  const channel = `runafter_locks_${hash('sha256', schema).slice(0, 16)}`;
  const client = new pg.Client(url);
  await client.connect();
  onTestFinished(() => client.end());
  const payloads: string[] = [];
  client.on('notification', ({ payload = '' }) => payloads.push(payload));
  await client.query(`LISTEN ${channel}`);
  return {
    payloads,
    async settled() {
      // Notifications come in the order of their commits, those of a session's own before its next reply.
      await client.query('SELECT pg_notify($1, $2)', [channel, 'settled']);
      await client.query('SELECT 1');
    },
  };
}
