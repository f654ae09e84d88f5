/** What only locks in a file have. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Clock, virtualClock } from '@runafter/clock';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type SqliteLockOptions, sqliteLock } from '../../src/index.ts';
import { runChild } from '../child-process.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function newFile(): string {
  return join(temporaryFolder(), 'app.db');
}

function open(file: string, options: SqliteLockOptions = {}) {
  const lock = sqliteLock(file, { synchronous: 'normal', ...options });
  onTestFinished(() => lock.close());
  return lock;
}

/** Somebody with a shell. */
function shell(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  onTestFinished(() => database.close());
  return database;
}

it('lets one of several processes in at a time, with tokens in the order of their turns', async () => {
  const file = newFile();
  const sum = `${file}.sum`;
  writeFileSync(sum, '0');
  const program = new URL('../child/add-under-lock.ts', import.meta.url);
  const children = await Promise.all(
    Array.from({ length: 4 }, () => runChild(program, [file, sum, '15'])),
  );
  expect(children.map(({ stderr }) => stderr).join('')).toBe('');
  expect(readFileSync(sum, 'utf8')).toBe('60');
  const tokens = children.map(({ stdout }) => stdout.trim().split(',').map(Number));
  for (const own of tokens) expect(own).toEqual(own.toSorted((a, b) => a - b));
  expect(new Set(tokens.flat())).toEqual(new Set(Array.from({ length: 60 }, (_, n) => n + 1)));
});

it('grants a name to one of those who find it free at the same moment', async () => {
  const file = newFile();
  const locks = Array.from({ length: 4 }, () => open(file));
  for (let round = 0; round < 3; round++) {
    const tries = await Promise.all(locks.map((lock) => lock.tryAcquire('job')));
    const [lease, ...others] = tries.filter((held) => held !== undefined);
    expect(others).toEqual([]);
    await lease?.release();
  }
});

it('wakes who waits at the same lock object, without a poll', async () => {
  const lock = open(newFile(), { clock: virtualClock(), poll: '1h', wait: '1d' });
  const lease = await lock.acquire('job');
  const waiting = Array.from({ length: 5 }, async () => {
    const next = await lock.acquire('job');
    await next.release();
    return next.token;
  });
  await lease.release();
  expect(await Promise.all(waiting)).toEqual([2n, 3n, 4n, 5n, 6n]);
});

it('only reads while it polls', async () => {
  const clock = virtualClock();
  const file = newFile();
  const lease = await open(file, { clock, ttl: '1d' }).acquire('job');
  let pauses = 0;
  const random = () => {
    pauses++;
    return 0.5;
  };
  const waiting = open(file, { clock, random, poll: '10s', wait: '1d' }).acquire('job');
  await vi.waitFor(() => expect(pauses).toBeGreaterThan(0));
  const blocker = shell(file);
  blocker.exec('BEGIN IMMEDIATE');
  const before = statSync(`${file}-wal`).size;
  await clock.advance('10m');
  expect(pauses, 'it has asked, although somebody else writes').toBeGreaterThan(50);
  blocker.exec('ROLLBACK');
  expect(statSync(`${file}-wal`).size).toBe(before);
  await lease.release();
  const advancing = clock.advance('10s');
  expect((await waiting).token).toBe(2n);
  await advancing;
});

it('makes one transaction of the locks of one turn', async () => {
  const file = newFile();
  const lock = open(file);
  await lock.acquire('first');
  const before = statSync(`${file}-wal`).size;
  await Promise.all(Array.from({ length: 100 }, (_, n) => lock.acquire(`job-${n}`)));
  expect(statSync(`${file}-wal`).size - before, 'a few pages').toBeLessThan(100_000);
});

describe('the clock', () => {
  /** A clock of a machine whose time is set by hand. */
  function settableClock() {
    const clock = virtualClock();
    let offset = 0;
    const settable: Clock = {
      now: () => clock.now() + offset,
      monotonic: () => clock.monotonic(),
      setTimer: (...timer) => clock.setTimer(...timer),
      sleep: (...wait) => clock.sleep(...wait),
    };
    const set = (by: number) => {
      offset += by;
    };
    return { clock: settable, set, advance: (ms: number) => clock.advance(ms) };
  }

  const hour = 3_600_000;

  it('that is set forward ends every lease, and its holder knows before somebody else has the name', async () => {
    const { clock, set } = settableClock();
    const file = newFile();
    const lease = await open(file, { clock }).acquire('job');
    set(hour);
    expect(() => lease.assertHeld()).toThrow(
      expect.objectContaining({ code: 'LEASE_LOST' }) as Error,
    );
    expect((await open(file, { clock }).acquire('job', { wait: '1s' })).token).toBe(2n);
  });

  it('that is set back takes nothing from who holds', async () => {
    const { clock, set, advance } = settableClock();
    const file = newFile();
    const [lock, other] = [open(file, { clock }), open(file, { clock })] as const;
    const lease = await lock.acquire('job', { ttl: '30s' });
    set(-hour);
    for (let n = 0; n < 10; n++) {
      await advance(9_000);
      await vi.waitFor(async () => expect(await other.tryAcquire('job')).toBeUndefined());
      lease.assertHeld();
    }
    await lease.release();
    expect(await other.tryAcquire('job')).toMatchObject({ token: 2n });
  });

  it('that is set back keeps the name of a crashed holder for as much longer', async () => {
    const { clock, set, advance } = settableClock();
    const file = newFile();
    const other = open(file, { clock });
    await other.tryAcquire('warm');
    shell(file)
      .prepare("INSERT INTO lock (prefix, name, owner, token, expires_at) VALUES ('', ?, ?, 1, ?)")
      .run(Buffer.from('job'), 'crashed', clock.now() + 30_000);
    set(-hour);
    await advance(hour);
    expect(await other.tryAcquire('job')).toBeUndefined();
    await advance(30_000);
    expect(await other.tryAcquire('job')).toMatchObject({ token: 2n });
  });
});

describe('an operator', () => {
  it('takes a name away with a shell', async () => {
    const clock = virtualClock();
    const file = newFile();
    const lease = await open(file, { clock }).acquire('job', { ttl: '30s' });
    shell(file).exec(
      `UPDATE lock SET owner = NULL WHERE prefix = '' AND name = CAST('job' AS BLOB)`,
    );
    await clock.advance('11s');
    await vi.waitFor(() => expect(lease.signal.aborted).toBe(true));
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
    expect(await open(file, { clock }).tryAcquire('job')).toMatchObject({ token: 2n });
  });

  it('that deletes a row takes the name away, and its tokens begin anew', async () => {
    const clock = virtualClock();
    const file = newFile();
    const lock = open(file, { clock });
    await (await lock.acquire('job')).release();
    const lease = await lock.acquire('job', { ttl: '30s' });
    expect(lease.token).toBe(2n);
    shell(file).exec('DELETE FROM lock');
    await clock.advance('11s');
    await vi.waitFor(() => expect(lease.signal.aborted).toBe(true));
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST', loss: 'refused' });
    await lease.release();
    expect(await open(file, { clock }).tryAcquire('job')).toMatchObject({ token: 1n });
  });

  it('makes the next token a large one, and it is exact', async () => {
    const file = newFile();
    const lock = open(file);
    await (await lock.acquire('job')).release();
    shell(file).exec(`UPDATE lock SET token = ${2n ** 62n}`);
    expect((await lock.acquire('job')).token).toBe(2n ** 62n + 1n);
  });
});

it('keeps locks with different prefixes apart in one file', async () => {
  const file = newFile();
  const places = [
    ['', 'job'],
    ['j', 'ob'],
    ['jo', 'b'],
    ['jo', 'job'],
  ] as const;
  for (const [prefix, name] of places) {
    const lease = await open(file, { prefix }).acquire(name, { wait: 0 });
    expect(lease.token, `${prefix} and ${name}`).toBe(1n);
  }
  expect(await open(file, { prefix: 'jo' }).tryAcquire('b')).toBeUndefined();
});

it('of a database in memory lasts as long as the lock object', async () => {
  const [lock, other] = [open(':memory:'), open(':memory:')] as const;
  await using lease = await lock.acquire('job');
  expect(await lock.tryAcquire('job')).toBeUndefined();
  expect(await other.tryAcquire('job')).toBeDefined();
  lease.assertHeld();
});

it.each([
  ['prefix', { prefix: 'x'.repeat(201) }],
  ['prefix', { prefix: '\ud800' }],
  ['synchronous', { synchronous: 'off' as 'full' }],
])('refuses a %s that it cannot use', (option, options) => {
  expect(() => sqliteLock('app.db', options)).toThrow(
    expect.objectContaining({ code: 'STORE_OPTION_INVALID', option }) as Error,
  );
});
