/**
 * PostgreSQL, for tests. A file's own place in it is a database.
 * @module
 */
import { chownSync, globSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startContainer } from './containers.ts';
import { freePort, startLocalProcess } from './local-process.ts';
import type { ServiceKind } from './service-kind.ts';
import { unprivilegedUser } from './unprivileged-user.ts';

/** A database of a PostgreSQL server. */
export interface PostgresPlace {
  /** Such as `postgres://postgres@127.0.0.1:5432/own_database`; the database is there when the tests begin. */
  readonly url: string;
}

export const postgres: ServiceKind<PostgresPlace> = {
  title: 'PostgreSQL',
  urlVariable: 'TEST_POSTGRES_URL',
  imageVariable: 'TEST_POSTGRES_IMAGE',
  image: 'postgres:18-alpine',

  async startContainer(image) {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
    return startContainer(new PostgreSqlContainer(image), (started) => started.getConnectionUri());
  },

  async startLocally() {
    const programs = newestPrograms();
    const user = unprivilegedUser();
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'runafter-postgres-'));
    if (user !== undefined) chownSync(folder, user.uid, user.gid);
    const data = join(folder, 'data');
    return startLocalProcess({
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      prepare: [
        ...[join(programs, 'initdb'), '-D', data, '-U', 'postgres', '--auth=trust'],
        ...['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
      ],
      // What a test loses in a crash of the machine nobody misses, so nothing waits for the disk.
      command: [
        ...[join(programs, 'postgres'), '-D', data, '-p', `${port}`],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        ...['-c', 'fsync=off', '-c', 'max_connections=300'],
      ],
      ready: /database system is ready to accept connections/,
      // "Fast": sessions that are still open do not hold it back.
      stopSignal: 'SIGINT',
      folder,
      user,
    });
  },

  ownPlace(url, name) {
    const database = name.replaceAll('-', '_');
    const place = new URL(url);
    place.pathname = `/${database}`;
    return {
      place: { url: place.href },
      make: () => run(url, `CREATE DATABASE ${database}`),
      remove: () => run(url, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
    };
  },
};

async function run(url: string, statement: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** Where Debian, Homebrew and the installers for macOS put them, and not on the PATH. */
function newestPrograms(): string {
  const found = [
    ...globSync('/usr/lib/postgresql/*/bin/postgres'),
    ...globSync('/opt/homebrew/opt/postgresql@*/bin/postgres'),
    ...globSync('/Library/PostgreSQL/*/bin/postgres'),
  ].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const newest = found.at(-1);
  if (newest === undefined) {
    throw new Error('its programs are not installed (the Debian package postgresql has them)');
  }
  return join(newest, '..');
}
