/**
 * PgBouncer in transaction mode, from the program of this machine: each transaction gets any session.
 * @module
 */
import { chownSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startLocalProcess } from '../services/local-process.ts';
import type { RunningService } from '../services/service-kind.ts';
import { unprivilegedUser } from '../services/unprivileged-user.ts';

/** Below /usr/sbin, where Debian puts it, and which is not on everybody's PATH. */
const debianProgram = '/usr/sbin/pgbouncer';

/**
 * Starts one in front of a database.
 *
 * @throws {Error} when it is not installed.
 */
export async function startPgBouncer(url: string): Promise<RunningService> {
  const port = await freePort();
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), 'runafter-pgbouncer-'));
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(file, configuration(new URL(url), port));
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid);
    chownSync(file, user.uid, user.gid);
  }
  const address = new URL(url);
  address.host = `127.0.0.1:${port}`;
  address.password = '';
  return startLocalProcess({
    url: address.href,
    command: [debianProgram, file],
    ready: /process up/,
    stopSignal: 'SIGINT',
    folder,
    user,
    install: 'the Debian package pgbouncer has it',
  });
}

function configuration({ hostname, port, username, password }: URL, ownPort: number): string {
  const server = [
    ...[`host=${hostname}`, `port=${port || 5432}`, `user=${username}`],
    ...(password === '' ? [] : [`password=${decodeURIComponent(password)}`]),
  ];
  return [
    '[databases]',
    `* = ${server.join(' ')}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${ownPort}`,
    'unix_socket_dir =',
    'auth_type = any',
    'pool_mode = transaction',
    'default_pool_size = 4',
    '',
  ].join('\n');
}
