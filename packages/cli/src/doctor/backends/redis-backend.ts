/**
 * Redis as the doctor sees it: what it keeps in a crash, and what it throws away when memory is short.
 * @module
 */
import { importClient } from '../../project-packages.ts';
import type { Backend, Connect } from '../backend.ts';
import { type Finding, fine } from '../finding.ts';

/** The part of ioredis that is used. */
interface RedisClient {
  connect(): Promise<void>;
  info(section: string): Promise<string>;
  time(): Promise<readonly (string | number)[]>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  disconnect(): void;
}

type Redis = new (url: string, options: object) => RedisClient;

/** Connects once, and does not try again. */
export const connectRedis: Connect = async ({ address, label }, folder) => {
  const Client = await importClient<Redis>('ioredis', '@runafter/redis', folder, label);
  const client = new Client(address, {
    ...{ lazyConnect: true, maxRetriesPerRequest: 0, connectTimeout: 5_000 },
    retryStrategy: () => null,
  });
  // Why it cannot connect is told here; the promise only says that it could not.
  let reason: Error | undefined;
  client.on('error', (error) => {
    reason = error;
  });
  await client.connect().catch((error: unknown) => {
    throw reason ?? error;
  });
  const server = factsOf(await client.info('server'));
  return redisBackend(client, server);
};

function redisBackend(client: RedisClient, server: ReadonlyMap<string, string>): Backend {
  const version = server.get('redis_version') ?? 'unknown';
  return {
    version: `${server.has('valkey_version') ? 'Valkey' : 'Redis'} ${server.get('valkey_version') ?? version}`,
    resolution: 0,
    now: async () => {
      const [seconds = 0, microseconds = 0] = await client.time();
      return Number(seconds) * 1000 + Number(microseconds) / 1000;
    },
    examine: async () => {
      const facts = new Map([
        ...factsOf(await client.info('persistence')),
        ...factsOf(await client.info('memory')),
        ...factsOf(await client.info('replication')),
      ]);
      return redisFindings(version, facts);
    },
    close: async () => client.disconnect(),
  };
}

/** What INFO says, judged. */
export function redisFindings(version: string, facts: ReadonlyMap<string, string>): Finding[] {
  return [
    ...(Number.parseInt(version, 10) < 7 ? [tooOld(version)] : []),
    ...(facts.get('role') === 'slave' ? [replica] : []),
    facts.get('aof_enabled') === '1' ? fine('keeps what it has acknowledged (AOF)') : noAof,
    ...(facts.get('aof_last_write_status') === 'err' ? [failingAof] : []),
    evictionFinding(facts.get('maxmemory_policy') ?? 'noeviction', facts.get('maxmemory') ?? '0'),
  ];
}

function tooOld(version: string): Finding {
  return {
    severity: 'problem',
    message: `version ${version} is older than 7`,
    fix: 'Use Redis 7 or newer, or Valkey.',
  };
}

const replica: Finding = {
  severity: 'problem',
  message: 'is a replica, which takes no writes',
  fix: 'Name the primary, or hand a client with Sentinel or Cluster to the driver.',
};

const noAof: Finding = {
  severity: 'warning',
  message:
    'keeps no append-only file: a crash loses what was written since the last snapshot, locks and runs included',
  fix: 'Set appendonly yes in redis.conf, with appendfsync always where no acknowledged write may be lost.',
};

const failingAof: Finding = {
  severity: 'problem',
  message: 'could not write its append-only file',
  fix: 'Look at its disk and at its log: writes are refused until that works again.',
};

function evictionFinding(policy: string, maxmemory: string): Finding {
  if (policy === 'noeviction') return fine('throws nothing away (maxmemory-policy noeviction)');
  return {
    severity: maxmemory === '0' ? 'warning' : 'problem',
    message: `throws keys away when memory is short (maxmemory-policy ${policy}): locks, counters, runs and jobs may vanish`,
    fix: 'CONFIG SET maxmemory-policy noeviction, and the same in redis.conf. BullMQ needs it as well.',
  };
}

/** The lines `name:value` of INFO. */
function factsOf(info: string): Map<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}
