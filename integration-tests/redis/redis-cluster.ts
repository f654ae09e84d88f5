/**
 * A Redis Cluster of two masters, from the redis-server of this machine.
 * @module
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { freePort, startLocalProcess } from '../services/local-process.ts';
import type { RunningService } from '../services/service-kind.ts';

const host = '127.0.0.1';
const slotRanges = [
  [0, 8_191],
  [8_192, 16_383],
] as const;

export interface RedisCluster {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  stop(): Promise<void>;
}

interface Node {
  readonly port: number;
  /** Where the nodes talk to each other. */
  readonly busPort: number;
  readonly service: RunningService;
}

/** @throws {Error} when redis-server is not installed, or too old. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(slotRanges.map(startNode));
  const clients = nodes.map(({ port }) => new Redis(port, host));
  try {
    for (const [n, client] of clients.entries()) {
      await client.call('CLUSTER', 'ADDSLOTSRANGE', ...(slotRanges[n] ?? []));
      for (const { port, busPort } of nodes) {
        await client.call('CLUSTER', 'MEET', host, port, busPort);
      }
    }
    const everySlotIsServed = async () => {
      for (const client of clients) {
        const info = String(await client.call('CLUSTER', 'INFO'));
        if (!/cluster_state:ok/.test(info)) throw new Error(info);
      }
    };
    await vi.waitFor(everySlotIsServed, { timeout: 30_000, interval: 50 });
  } finally {
    for (const client of clients) client.disconnect();
  }
  return {
    nodes: nodes.map(({ port }) => ({ host, port })),
    stop: async () => {
      await Promise.all(nodes.map(({ service }) => service.stop()));
    },
  };
}

async function startNode(): Promise<Node> {
  const port = await freePort();
  const busPort = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'runafter-redis-cluster-'));
  const service = await startLocalProcess({
    url: `redis://${host}:${port}`,
    command: [
      ...['redis-server', '--port', `${port}`, '--bind', host, '--save', '', '--dir', folder],
      ...['--cluster-enabled', 'yes', '--cluster-port', `${busPort}`],
    ],
    ready: /Ready to accept connections/,
    install: 'the Debian package redis-server has it',
    folder,
  });
  return { port, busPort, service };
}
