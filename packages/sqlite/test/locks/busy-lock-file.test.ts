/** A file that somebody else writes to: what a request finds busy is tried again, and leaves nothing behind. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { virtualClock } from '@runafter/clock';
import type { Lock } from '@runafter/lock';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { type SqliteLockOptions, sqliteLock } from '../../src/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

let file: string;

beforeEach(() => {
  file = join(temporaryFolder(), 'app.db');
});

function open(options: SqliteLockOptions = {}): Lock {
  const lock = sqliteLock(file, { synchronous: 'normal', ...options });
  onTestFinished(() => lock.close());
  return lock;
}

/** Keeps others from writing until it is told to end, or from reading as well. */
function occupy(from: 'writes' | 'reads' = 'writes'): { end(): void } {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  if (from === 'reads') database.exec('PRAGMA locking_mode = EXCLUSIVE');
  database.exec('BEGIN IMMEDIATE');
  return { end: () => database.close() };
}

/** Who holds which name now, as a shell sees it. */
function owners(): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT owner FROM lock WHERE owner IS NOT NULL').all();
  database.close();
  return rows.map(({ owner }) => owner);
}

it('is waited for, and not longer than busyTimeout says', async () => {
  const clock = virtualClock();
  const lock = open({ clock, busyTimeout: '10s' });
  await (await lock.acquire('job')).release();
  const other = occupy();
  const trying = lock.tryAcquire('job');
  const ended = expect(trying).rejects.toMatchObject({
    code: 'SERVICE_UNAVAILABLE',
    outcome: 'not-done',
    cause: { code: 'STORE_BUSY' },
  });
  await vi.waitFor(() => expect(clock.pending).toBeGreaterThan(0));
  await clock.advance('10s');
  await ended;
  other.end();
  expect(await lock.tryAcquire('job')).toMatchObject({ token: 2n });
});

it('is asked again by who has time, who is granted one token', async () => {
  const clock = virtualClock();
  const lock = open({ clock, busyTimeout: 0, poll: '100ms', ttl: '1h' });
  await (await lock.acquire('job')).release();
  const other = occupy();
  const waiting = lock.acquire('job', { wait: '1m' });
  await clock.advance('10s');
  other.end();
  await clock.advance('1s');
  const lease = await waiting;
  expect(lease.token).toBe(2n);
  expect(owners()).toEqual([lease.owner]);
});

it.each([
  ['writes', 0],
  ['writes', '20s'],
  ['reads', 0],
  ['reads', '20s'],
] as const)(
  'that keeps %s waiting (busyTimeout %s) has nothing of who gives up',
  async (from, busyTimeout) => {
    const clock = virtualClock();
    const earlier = open();
    await (await earlier.acquire('job')).release();
    await earlier.close();
    const lock = open({ clock, busyTimeout });
    const other = occupy(from);
    const waiting = expect(lock.acquire('job', { wait: '3s' })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
    });
    await clock.advance('3s');
    await waiting;
    const closed = lock.close();
    await clock.advance('5s');
    other.end();
    await clock.advance('5s');
    await closed;
    expect(owners()).toEqual([]);
    expect((await open().acquire('job', { wait: 0 })).token).toBeGreaterThanOrEqual(2n);
  },
);

it('that is busy at an abort leaves nothing behind either', async () => {
  const clock = virtualClock();
  const lock = open({ clock });
  await (await lock.acquire('job')).release();
  const other = occupy();
  const controller = new AbortController();
  const reason = new Error('enough');
  const aborted = expect(lock.acquire('job', { signal: controller.signal })).rejects.toBe(reason);
  await vi.waitFor(() => expect(clock.pending).toBeGreaterThan(1));
  controller.abort(reason);
  await aborted;
  other.end();
  const closed = lock.close();
  await clock.advance('3s');
  await closed;
  expect(owners()).toEqual([]);
});

it('is asked again for a renewal, which comes in time', async () => {
  const clock = virtualClock();
  const lease = await open({ clock, busyTimeout: '100ms' }).acquire('job', { ttl: '30s' });
  const other = occupy();
  await clock.advance('20s');
  other.end();
  await clock.advance('1m');
  lease.assertHeld();
});

it('is asked again for a release', async () => {
  const clock = virtualClock();
  const lease = await open({ clock, busyTimeout: 0 }).acquire('job');
  const other = occupy();
  const released = lease.release();
  await clock.advance('2s');
  expect(owners()).toEqual([lease.owner]);
  other.end();
  await clock.advance('2s');
  await released;
  expect(owners()).toEqual([]);
});

it('for longer than the ttl is a loss, which the holder knows in time', async () => {
  const clock = virtualClock();
  const lease = await open({ clock, busyTimeout: '1s' }).acquire('job', { ttl: '9s' });
  const other = occupy();
  await clock.advance('8s');
  lease.assertHeld();
  await clock.advance('200ms');
  expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
  other.end();
  await clock.advance('5s');
  expect(owners()).toEqual([]);
});
