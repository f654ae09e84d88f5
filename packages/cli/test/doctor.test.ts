/** What the doctor makes of what it is told. */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { backendAddresses, variables } from '../src/doctor/backend-addresses.ts';
import { migrationFinding } from '../src/doctor/backends/migration-finding.ts';
import { redisFindings } from '../src/doctor/backends/redis-backend.ts';
import { examineMachine } from '../src/doctor/examine-machine.ts';
import { measure } from '../src/doctor/measure.ts';
import { runCli } from '../src/run-cli.ts';
import { fakeSession } from './fake-session.ts';

describe('clocks', () => {
  /** A server whose clock is `ahead` and whose replies take this long, one after the other. */
  async function measured(ahead: number, there: readonly number[], back: readonly number[]) {
    const clock = virtualClock();
    let trip = 0;
    const backend = {
      ...{ version: 'Test 1', resolution: 0 },
      now: async () => {
        await clock.advance(there[trip % there.length] ?? 0);
        const time = clock.now() + ahead;
        await clock.advance(back[trip++ % back.length] ?? 0);
        return time;
      },
      examine: async () => [],
      close: async () => undefined,
    };
    return measure(backend, clock);
  }

  it('a difference is measured as if the reply came from the middle', async () => {
    const { clockAhead, latency, uncertainty } = await measured(5_000, [20], [20]);
    expect({ clockAhead, latency }).toEqual({ clockAhead: 5_000, latency: 40 });
    expect(uncertainty).toBe(21);
  });

  it.each([
    { there: [80], back: [0] },
    { there: [0], back: [80] },
    { there: [3, 200, 90], back: [150, 1, 8] },
  ])('the truth is within the uncertainty, whichever way is slow: $there $back', async (way) => {
    const { clockAhead, uncertainty } = await measured(-700, way.there, way.back);
    expect(Math.abs(clockAhead - -700)).toBeLessThanOrEqual(uncertainty);
  });
});

describe('Redis', () => {
  const good = new Map([
    ['aof_enabled', '1'],
    ['maxmemory_policy', 'noeviction'],
    ['role', 'master'],
  ]);
  const judged = (changes: Readonly<Record<string, string>>, version = '7.2.0') =>
    redisFindings(version, new Map([...good, ...Object.entries(changes)]))
      .filter(({ severity }) => severity !== 'ok')
      .map(({ severity, message }) => `${severity}: ${message}`);

  it('as it should be has nothing to complain of', () => {
    expect(judged({})).toEqual([]);
  });

  it.each([
    { changes: { aof_enabled: '0' }, says: /^warning: keeps no append-only file/ },
    { changes: { maxmemory_policy: 'allkeys-lru' }, says: /^warning: throws keys away/ },
    {
      changes: { maxmemory_policy: 'volatile-ttl', maxmemory: '1000000' },
      says: /^problem: throws keys away .*volatile-ttl/,
    },
    { changes: { role: 'slave' }, says: /^problem: is a replica/ },
    { changes: { aof_last_write_status: 'err' }, says: /^problem: could not write/ },
  ])('$changes', ({ changes, says }) => {
    expect(judged(changes)).toEqual([expect.stringMatching(says)]);
  });

  it('6 is too old', () => {
    expect(judged({}, '6.2.14')).toEqual([expect.stringContaining('older than 7')]);
  });
});

describe('migrations', () => {
  const sql = 'BEGIN;\n\n-- Step 1: a\nDO $$\n-- Step 2: b\nDO $$\nCOMMIT;';

  it.each([
    { taken: undefined, severity: 'warning' },
    { taken: 1, severity: 'problem' },
    { taken: 2, severity: 'ok' },
    { taken: 3, severity: 'warning' },
  ])('$taken of 2 taken: $severity', ({ taken, severity }) => {
    expect(migrationFinding(taken, sql, '@runafter/postgres').severity).toBe(severity);
  });
});

describe('Node', () => {
  it.each([
    ['20.20.0', 'problem'],
    ['22.21.9', 'problem'],
    ['22.22.0', 'ok'],
    ['23.9.0', 'problem'],
    ['24.10.0', 'problem'],
    ['24.21.0', 'ok'],
    ['26.0.0', 'ok'],
    ['27.1.0', 'ok'],
  ])('%s: %s', (version, severity) => {
    const { findings } = examineMachine({ version, typescript: 'strip' });
    expect(findings[0]?.severity).toBe(severity);
  });

  it('that does not run TypeScript is worth a warning', () => {
    const { findings } = examineMachine({ version: '24.21.0', typescript: false });
    expect(findings[1]).toMatchObject({ severity: 'warning', message: /TypeScript/ });
  });
});

describe('backends', () => {
  it('are asked for, with their variables, where none is named', async () => {
    const session = fakeSession({ env: {} });
    expect(await runCli(['doctor'], session)).toBe(0);
    expect(session.written.stderr).toContain('pass --store');
    for (const name of variables) expect(session.written.stderr).toContain(name);
  });

  it('of other kinds are left out where a variable names them, and refused as an option', () => {
    expect(backendAddresses([], { DATABASE_URL: 'mysql://db/app' })).toEqual([]);
    expect(() => backendAddresses(['mysql://db/app'], {})).toThrow('keeps no runs');
  });

  it('come from options and from the environment, each once, without their passwords', () => {
    const found = backendAddresses(['redis://:secret@cache:6379', 'runs.db'], {
      RUNAFTER_STORE: 'runs.db',
      DATABASE_URL: 'postgres://app:secret@db/app?schema=shop',
      MSSQL_URL: 'Server=sql,1433;User Id=sa;Password=secret;Database=app',
      AZURE_STORAGE_CONNECTION_STRING:
        'DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=secret==',
      REDIS_URL: '',
    });
    expect(found.map(({ kind, label, source }) => `${kind} ${label} ${source}`)).toEqual([
      'redis redis://:***@cache:6379 --store',
      'sqlite runs.db --store',
      'postgres postgres://app:***@db/app?schema=shop DATABASE_URL',
      'mssql SQL Server sql,1433 MSSQL_URL',
      'azure-blob Azure Blob Storage shop AZURE_STORAGE_CONNECTION_STRING',
    ]);
    expect(found[2]).toMatchObject({ address: 'postgres://app:secret@db/app', place: 'shop' });
  });
});
