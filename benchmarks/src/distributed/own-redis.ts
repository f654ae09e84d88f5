/**
 * A Redis server of the benchmark's own, set up as BullMQ's documentation says: a log of commands that is
 * forced to the disk every second, and nothing that is evicted.
 *
 * Of its own, because its memory is measured, and because nobody else's server is to be set up anew.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { freePort, startLocalProcess } from 'integration-tests/local-process';
import { scratchFile } from '../harness/scratch-folder.ts';

/** How both sides connect, each with connections of its own. */
export interface Connection {
  readonly host: string;
  readonly port: number;
}

/** What the report says about the server. */
export const redisMode = 'Redis of its own, appendfsync everysec';

/** Starts the server; it ends, and its files are gone, with the rest. */
export async function startOwnRedis(cleanup: AsyncDisposableStack): Promise<Connection> {
  const connection = { host: '127.0.0.1', port: await freePort() };
  const folder = scratchFile(`redis-${connection.port}`);
  mkdirSync(folder);
  const settings = {
    ...{ port: connection.port, bind: connection.host, dir: folder },
    ...{ appendonly: 'yes', appendfsync: 'everysec', save: '', 'maxmemory-policy': 'noeviction' },
  };
  const server = await startLocalProcess({
    url: `redis://${connection.host}:${connection.port}`,
    command: [
      'redis-server',
      ...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, `${value}`]),
    ],
    ready: /Ready to accept connections/,
    folder,
    install: 'the Debian package redis-server has it',
  });
  cleanup.defer(() => server.stop());
  return connection;
}
