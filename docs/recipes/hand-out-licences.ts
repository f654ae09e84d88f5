/**
 * Hand out licences: two hundred people, a hundred and fifty licences, nobody gets somebody else's.
 *
 * The page is docs/cookbook/hand-out-licences.md.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Pool, pool } from '@runafter/claim';
import { systemClock } from '@runafter/clock';
import { boundedMap, type Flow, start, workflow } from '@runafter/core';
import { groupErrorsByCode, tally } from '@runafter/results';
import { sqlitePools } from '@runafter/sqlite';

const folder = await mkdtemp(join(tmpdir(), 'licences-'));
const file = join(folder, 'licences.db');

const people = Array.from({ length: 200 }, (_, number) => `person-${number + 1}`);
const licences = Array.from({ length: 150 }, (_, number) => `E5-${number + 1}`);

async function asPeopleWriteIt(): Promise<void> {
  const takenBy = new Map<string, string>();
  const table = {
    firstFree: async () => {
      await systemClock.sleep(1);
      return licences.find((licence) => !takenBy.has(licence));
    },
    assign: async (licence: string, person: string) => {
      await systemClock.sleep(1);
      takenBy.set(licence, person);
    },
  };
  // #region bug
  const got = await boundedMap(people.slice(0, 20), { concurrency: 20 }, async (person) => {
    const licence = await table.firstFree();
    if (licence !== undefined) await table.assign(licence, person);
    return licence;
  });
  assert.equal(got.length, 20);
  assert.equal(takenBy.size, 1); // they were all told the same one
  // #endregion
}

async function fromPool(): Promise<void> {
  // #region fix
  const pools = sqlitePools(file); // or redisPools, postgresPools, mssqlPools, documentPools
  const e5 = pool(pools, 'E5', licences);

  const handOut = workflow('Hand_Out_Licences', (flow: Flow<readonly string[]>) =>
    flow.forEach(
      'People',
      [],
      (_, { input }) => input,
      (each) =>
        each.action('Assign', async ({ item: person }) => {
          const { resource } = await e5.claim({ mode: 'assign', once: person });
          return { person, licence: resource };
        }),
      { concurrency: 25 },
    ),
  );

  const run = start(handOut, people);
  await run.finished;
  const { iterations = [] } = run.result('People') ?? {};
  assert.equal(tally(iterations).Succeeded, 150);
  assert.deepEqual([...groupErrorsByCode(iterations).keys()], ['POOL_EMPTY']); // the other 50

  const entries = await e5.inspect();
  assert.equal(new Set(entries.map(({ claim }) => claim?.by)).size, 150); // one each
  // #endregion

  await again(e5);
  await sessions();
  await e5.close();
  await pools.close();
}

async function again(e5: Pool<string>): Promise<void> {
  const [entry] = await e5.inspect();
  const person = String(entry?.claim?.by);
  // #region again
  const first = await e5.claim({ mode: 'assign', once: person }); // a retry, or the run that was resumed
  assert.equal(first.resource, entry?.resource); // the one that this person has already

  assert.equal(await e5.release(person), true); // the person leaves; whoever knows the id can say so
  await e5.add(['E5-151', 'E5-152']);
  await e5.withdraw(['E5-152']); // handed out no more; who has it keeps it

  const late = e5.claim({ mode: 'assign', once: person }); // a request that hung in the network until now
  await assert.rejects(late, { code: 'CLAIM_RETIRED' }); // nobody would ever give it back
  // #endregion
}

async function sessions(): Promise<void> {
  const pools = sqlitePools(file);
  // #region lease
  const desktops = pool(pools, 'desktops', [
    { id: 'PC-1/1', host: 'pc-1.contoso.com' },
    { id: 'PC-1/2', host: 'pc-1.contoso.com' },
  ]);

  const session = await desktops.claim({ mode: 'lease', ttl: '30s', wait: '5m' });
  try {
    session.assertHeld(); // before each step that only the holder may take
    console.log(`working on ${session.resource.host}`, session.token); // pass session.signal on
  } finally {
    await session.release(); // a holder that dies is in the way for its ttl, and no longer
  }
  // #endregion
  await desktops.close();
  await pools.close();
}

try {
  await asPeopleWriteIt();
  await fromPool();
} finally {
  await rm(folder, { recursive: true, force: true });
}
