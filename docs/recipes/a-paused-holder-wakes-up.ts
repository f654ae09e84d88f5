/**
 * A paused holder wakes up: fencing.
 *
 * The page is docs/cookbook/a-paused-holder-wakes-up.md. Each program has a clock of its own: that of a paused
 * one stands still, so it has no way to see that its time is over.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@runafter/clock';
import { type DocumentStore, update } from '@runafter/optimistic';
import { sqliteDocumentStore, sqliteLock } from '@runafter/sqlite';

interface Rate {
  readonly percent: number;
}

const folder = await mkdtemp(join(tmpdir(), 'a-paused-holder-'));
const file = join(folder, 'bank.db');
const rates: DocumentStore<Rate> = sqliteDocumentStore<Rate>(file);

const pausedClock = virtualClock();
const clock = virtualClock();
const pausedLock = sqliteLock(file, { clock: pausedClock, ttl: '10s' });
const lock = sqliteLock(file, { clock, ttl: '10s' });

async function asPeopleWriteIt(): Promise<void> {
  await rates.create('savings', { percent: 1 });
  // #region bug
  const paused = await pausedLock.acquire('savings');
  // … and here it stands still for a minute: a garbage collection, a suspended machine, a slow disk.
  await clock.advance('1m');

  const lease = await lock.acquire('savings'); // its time was over, so the lock is free
  await update(rates, 'savings', () => ({ percent: 3 }));
  await lease.release();

  paused.assertHeld(); // a moment before it stood still, it had looked
  await update(rates, 'savings', () => ({ percent: 2 }));
  assert.deepEqual((await rates.read('savings'))?.value, { percent: 2 }); // 3 is gone, and nobody knows
  // #endregion
  await paused.release();
}

async function withFences(): Promise<void> {
  await rates.create('loans', { percent: 1 });
  // #region fix
  const paused = await pausedLock.acquire('loans');
  await clock.advance('1m');

  const lease = await lock.acquire('loans');
  assert.ok(lease.token > paused.token);
  await update(rates, 'loans', () => ({ percent: 3 }), { fence: lease });
  await lease.release();

  await assert.rejects(
    update(rates, 'loans', () => ({ percent: 2 }), { fence: paused }),
    {
      code: 'FENCE_STALE', // somebody with a newer token has written
    },
  );
  assert.deepEqual((await rates.read('loans'))?.value, { percent: 3 });
  // #endregion
  await paused.release();
}

async function afterTheStall(): Promise<void> {
  const paused = await pausedLock.acquire('bonds');
  // #region loss
  pausedClock.suspend('1m'); // the machine wakes up, and its clock has gone on

  assert.throws(() => paused.assertHeld(), { code: 'LEASE_LOST' });
  assert.ok(paused.signal.aborted); // and so is every call that it was passed to
  // #endregion
  await paused.release();
}

await asPeopleWriteIt();
await withFences();
await afterTheStall();
await Promise.all([lock.close(), pausedLock.close(), rates.close()]);
await rm(folder, { recursive: true });
