/**
 * Two sessions, five robots: who may work on a desktop, and who is next.
 *
 * The page is docs/cookbook/two-sessions-five-robots.md. An hour of robots takes a moment of virtual time here.
 * @module
 */
import assert from 'node:assert/strict';
import { sessionPool } from '@runafter/admission';
import { virtualClock } from '@runafter/clock';

const clock = virtualClock({ autoAdvance: true });

interface Job {
  readonly user: string;
  readonly name: string;
}

/** Ann has sent four invoices before anybody else came. */
const jobs: readonly Job[] = [
  ...['ann 1', 'ann 2', 'ann 3', 'ann 4'].map((name) => ({ user: 'ann', name })),
  { user: 'bob', name: 'bob 1' },
];

/** Minutes since the first job came. */
const beganAt = new Map<string, number>();
let since = 0;

async function enterInvoice({ name }: Job, options: { signal?: AbortSignal } = {}): Promise<void> {
  beganAt.set(name, (clock.monotonic() - since) / 60_000);
  await clock.sleep('10m', options);
}

async function inLine(): Promise<void> {
  since = clock.monotonic();
  // #region bug
  const busyUsers = new Set<string>();
  let freeSessions = 2;
  const line = [...jobs];

  async function work(): Promise<void> {
    for (let job = line[0]; job !== undefined; job = line[0]) {
      // The desktop refuses a second session of the same user.
      if (busyUsers.has(job.user) || freeSessions === 0) return;
      line.shift();
      freeSessions--;
      busyUsers.add(job.user);
      void enterInvoice(job).then(() => {
        freeSessions++;
        busyUsers.delete(job.user);
        return work();
      });
    }
  }

  await work();
  await clock.sleep('1h');
  assert.equal(beganAt.get('bob 1'), 30); // half an hour behind Ann's jobs, next to a session that was free
  // #endregion
}

async function fromThePool(): Promise<void> {
  since = clock.monotonic();
  beganAt.clear();
  // #region fix
  await using robots = sessionPool({ machines: [{ name: 'VM-1', sessions: 2 }], clock });

  await Promise.all(
    jobs.map((job) =>
      robots.run({ user: job.user }, ({ signal }) => enterInvoice(job, { signal })),
    ),
  );
  assert.equal(beganAt.get('bob 1'), 0); // the oldest job that may run
  assert.equal(beganAt.get('ann 4'), 30); // Ann's own jobs, one after the other
  // #endregion
}

async function machinesComeAndGo(): Promise<void> {
  since = clock.monotonic();
  beganAt.clear();
  // #region machines
  await using robots = sessionPool({ machines: [{ name: 'VM-1' }, { name: 'VM-2' }], clock });

  const ends = Promise.all(
    ['ann', 'bob', 'eve', 'joe', 'sue'].map((user) =>
      robots.run({ user }, ({ signal }) => enterInvoice({ user, name: user }, { signal })),
    ),
  );
  await clock.sleep('1m'); // two machines, two sessions each: four robots work, and sue waits
  const { queue } = await robots.inspect();
  assert.deepEqual(
    queue.map(({ user, why }) => `${user}: ${why}`),
    ['sue: no session free'],
  );

  await robots.drain('VM-2'); // for updates: who works there goes on, and nobody else comes
  await robots.lost('VM-1'); // it has crashed: its jobs are told to stop, and go back to their places
  await robots.join({ name: 'VM-3', sessions: 2 }); // ann and bob are older than sue, and begin again here
  await ends;
  assert.ok((beganAt.get('sue') ?? 0) > (beganAt.get('bob') ?? 0));
  // #endregion
  assert.equal(beganAt.get('ann'), 1);
}

await inLine();
await fromThePool();
await machinesComeAndGo();
