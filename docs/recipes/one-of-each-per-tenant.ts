/**
 * One of each per tenant: names of locks, several at once, and semaphores.
 *
 * The page is docs/cookbook/one-of-each-per-tenant.md.
 * @module
 */
import assert from 'node:assert/strict';
import { virtualClock } from '@runafter/clock';
import { memoryLock, memorySemaphore, withLock } from '@runafter/lock';

const clock = virtualClock({ autoAdvance: true });
const lock = memoryLock({ clock });
const seconds = () => clock.monotonic() / 1000;

/** What is imported at this moment, and what ran twice at once for the same tenant. */
const running = new Set<string>();
let collisions = 0;

async function importFor(tenant: string): Promise<void> {
  if (running.has(tenant)) collisions++;
  running.add(tenant);
  await clock.sleep('10s');
  running.delete(tenant);
}

const requests = ['Adatum', 'Contoso', 'Fabrikam', 'Adatum', 'Contoso', 'Adatum'];

async function withoutALock(): Promise<void> {
  // #region bug
  await Promise.all(requests.map((tenant) => importFor(tenant)));
  assert.equal(collisions, 3); // Adatum and Contoso were imported several times at once
  // #endregion
}

async function oneLockForAll(): Promise<void> {
  const begin = seconds();
  // #region one-for-all
  await Promise.all(
    requests.map((tenant) => withLock(lock, 'import', () => importFor(tenant), { wait: '5m' })),
  );
  assert.equal(seconds() - begin, 60); // right, and everybody waits for everybody
  // #endregion
}

async function oneForEach(): Promise<void> {
  collisions = 0;
  const begin = seconds();
  // #region fix
  await Promise.all(
    requests.map((tenant) =>
      withLock(lock, `import:${tenant}`, () => importFor(tenant), { wait: '5m' }),
    ),
  );
  assert.equal(collisions, 0);
  assert.equal(seconds() - begin, 30); // as long as Adatum, which has three
  // #endregion
}

async function twoAtOnce(): Promise<void> {
  const begin = seconds();
  // #region two-at-once
  const exportsOf = memorySemaphore({ permits: 2, clock }); // redisSemaphore for several processes
  await Promise.all(
    requests.map(async (tenant) => {
      await using _permit = await exportsOf.acquire(tenant, { wait: '5m' });
      await clock.sleep('10s');
    }),
  );
  assert.equal(seconds() - begin, 20); // Adatum: two at once, and then the third
  // #endregion
}

async function bothOfThem(): Promise<void> {
  const move = async () => await clock.sleep('1s');
  // #region deadlock
  const merge = (from: string, to: string) =>
    withLock(lock, from, () => withLock(lock, to, move, { wait: '1m' }));

  const ends = await Promise.allSettled([merge('Adatum', 'Contoso'), merge('Contoso', 'Adatum')]);
  assert.ok(ends.some(({ status }) => status === 'rejected')); // each had what the other waited for
  // #endregion

  // #region all-or-none
  const mergeBoth = async (from: string, to: string) => {
    await using _both = await lock.acquireAll([from, to], { wait: '1m' });
    await move();
  };

  await Promise.all([mergeBoth('Adatum', 'Contoso'), mergeBoth('Contoso', 'Adatum')]);
  // #endregion
}

await withoutALock();
await oneLockForAll();
await oneForEach();
await twoAtOnce();
await bothOfThem();
await lock.close();
