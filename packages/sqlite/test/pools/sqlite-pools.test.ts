/** What only pools in a file have. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type PoolOptions, pool } from '@runafter/claim';
import { type Clock, virtualClock } from '@runafter/clock';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type SqlitePoolsOptions, sqlitePools } from '../../src/index.ts';
import { temporaryFolder } from '../temporary-folder.ts';

function newFile(): string {
  return join(temporaryFolder(), 'app.db');
}

function openStore(file: string, options: SqlitePoolsOptions = {}) {
  const store = sqlitePools(file, { synchronous: 'normal', ...options });
  onTestFinished(() => store.close());
  return store;
}

function open(
  file: string,
  resources: readonly string[] = [],
  { clock, prefix, ...options }: SqlitePoolsOptions & PoolOptions = {},
) {
  const opened = pool(openStore(file, { clock, prefix }), 'licences', resources, {
    ...options,
    clock,
  });
  onTestFinished(() => opened.close());
  return opened;
}

/** Somebody with a shell. */
function shell(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  onTestFinished(() => database.close());
  return database;
}

it('makes one transaction of the claims of one turn', async () => {
  const file = newFile();
  const numbers = Array.from({ length: 150 }, (_, n) => `E5-${n}`);
  const licences = open(file, numbers);
  await licences.inspect();
  const before = statSync(`${file}-wal`).size;
  const claims = numbers.map((_, n) => licences.claim({ mode: 'assign', once: `hire-${n}` }));
  const given = (await Promise.all(claims)).map(({ resource }) => resource);
  expect(given).toEqual(numbers);
  expect(statSync(`${file}-wal`).size - before, 'a few pages').toBeLessThan(300_000);
});

it('gives a resource to one of those who find it free at the same moment', async () => {
  const file = newFile();
  const pools = Array.from({ length: 4 }, () => open(file, ['E5-001', 'E5-002']));
  for (let round = 0; round < 3; round++) {
    const tries = await Promise.all(pools.map((opened) => opened.tryClaim({ mode: 'lease' })));
    const given = tries.filter((lease) => lease !== undefined);
    expect(given.map(({ resource }) => resource).sort()).toEqual(['E5-001', 'E5-002']);
    await Promise.all(given.map((lease) => lease.release()));
  }
});

it('gives one resource to an operation that claims in several places at once', async () => {
  const file = newFile();
  const pools = Array.from({ length: 4 }, () => open(file, ['E5-001', 'E5-002']));
  const claims = pools.map((opened) => opened.claim({ mode: 'assign', once: 'hire-1' }));
  const given = (await Promise.all(claims)).map(({ resource }) => resource);
  expect(new Set(given)).toEqual(new Set(['E5-001']));
});

it('wakes who waits on the same store when an operation is released or a resource added, without a poll', async () => {
  const options = { clock: virtualClock(), poll: '1h' } as const;
  const store = openStore(newFile(), { clock: options.clock });
  const licences = pool(store, 'licences', ['E5-001'], options);
  const beside = pool(store, 'licences', [], options);
  onTestFinished(() => Promise.all([licences.close(), beside.close()]).then(() => {}));
  await licences.claim({ mode: 'assign', once: 'hire-1' });
  const watch = vi.spyOn(store, 'watch');
  const claimed = beside.claim({ mode: 'lease', wait: '1d' });
  await vi.waitFor(() => expect(watch).toHaveBeenCalledTimes(1));
  await licences.release('hire-1');
  expect((await claimed).resource).toBe('E5-001');
  const another = beside.claim({ mode: 'lease', wait: '1d' });
  await vi.waitFor(() => expect(watch).toHaveBeenCalledTimes(2));
  await licences.add(['E5-002']);
  expect((await another).resource).toBe('E5-002');
});

it('only reads while it polls, and when there is nothing new to add', async () => {
  const clock = virtualClock();
  const file = newFile();
  await open(file, ['E5-001'], { clock }).claim({ mode: 'assign', once: 'hire-1' });
  let pauses = 0;
  const random = () => {
    pauses++;
    return 0.5;
  };
  const blocker = shell(file);
  blocker.exec('BEGIN IMMEDIATE');
  const waiting = open(file, ['E5-001'], { clock, random, poll: '10s' });
  const claimed = waiting.claim({ mode: 'lease', wait: '1h' });
  await vi.waitFor(() => expect(pauses).toBeGreaterThan(0));
  await clock.advance('10m');
  expect(pauses, 'it has asked, although somebody else writes').toBeGreaterThan(50);
  blocker.exec('ROLLBACK');
  await open(file, [], { clock }).release('hire-1');
  const advancing = clock.advance('10s');
  expect((await claimed).token).toBe(2n);
  await advancing;
});

it('says when the next lease is over to who finds nothing free', async () => {
  const clock = virtualClock();
  const store = openStore(newFile(), { clock });
  const request = { pool: 'p', place: undefined };
  const resources = ['a', 'b', 'c', 'd'].map((id) => ({ id, value: id }));
  await store.add({ pool: 'p', resources, again: false }, {});
  for (const [owner, ttl] of [
    ['ann', Number.POSITIVE_INFINITY],
    ['bob', 10_000],
    ['cyd', 5_000],
    ['dan', 1_000],
  ] as const) {
    await store.claim({ ...request, owner, ttl }, {});
  }
  // What is withdrawn is not waited for.
  await store.withdraw('p', ['d'], {});
  const claim = () => store.claim({ ...request, owner: 'eve', ttl: 1_000 }, {});
  expect(await claim()).toEqual({ granted: false, freeIn: 5_000 });
  await clock.advance(5_000);
  expect(await claim()).toMatchObject({ id: 'c', token: 2n });
});

it('remembers 1,000 of those that were released for good, of each pool', async () => {
  const file = newFile();
  const store = openStore(file);
  const names = Array.from({ length: 1_010 }, (_, n) => `hire-${n}`);
  const release = (name: string) => store.release({ pool: 'p', owner: name, forGood: true }, {});
  await store.release({ pool: 'other', owner: 'hire-0', forGood: true }, {});
  await Promise.all(names.map(release));
  const count = 'SELECT count(*) AS kept FROM pool_retired_owner';
  expect(shell(file).prepare(count).get()).toEqual({ kept: 1_001 });
  const claim = (owner: string) =>
    store.claim({ pool: 'p', owner, ttl: 1_000, place: undefined }, {});
  expect(await claim('hire-9')).toEqual({ granted: false });
  expect(await claim('hire-10')).toEqual({ granted: false, retired: true });
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
    return { clock: settable, set };
  }

  it('that is set forward ends what is leased, and its holder knows before somebody else has it', async () => {
    const { clock, set } = settableClock();
    const file = newFile();
    const licences = open(file, ['E5-001', 'E5-002'], { clock });
    const lease = await licences.claim({ mode: 'lease' });
    await licences.claim({ mode: 'assign', once: 'hire-1' });
    set(3_600_000);
    expect(() => lease.assertHeld()).toThrow(
      expect.objectContaining({ code: 'LEASE_LOST' }) as Error,
    );
    const other = open(file, [], { clock });
    expect(await other.tryClaim({ mode: 'lease' })).toMatchObject({ resource: 'E5-001' });
    expect(await other.tryClaim({ mode: 'lease' }), 'what is assigned').toBeUndefined();
  });
});

describe('an operator', () => {
  it('takes a resource away with a shell', async () => {
    const clock = virtualClock();
    const file = newFile();
    const lease = await open(file, ['E5-001'], { clock }).claim({ mode: 'lease', ttl: '30s' });
    shell(file).exec(`
      UPDATE pool_resource SET owner = NULL, expires_at = NULL
      WHERE prefix = '' AND pool = CAST('licences' AS BLOB) AND id = CAST('E5-001' AS BLOB)`);
    await clock.advance('11s');
    await vi.waitFor(() => expect(lease.signal.aborted).toBe(true));
    expect(lease.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
    expect(await open(file, [], { clock }).tryClaim({ mode: 'lease' })).toMatchObject({
      token: 2n,
    });
  });

  it('makes the next token a large one, and it is exact', async () => {
    const file = newFile();
    const licences = open(file, ['E5-001']);
    await licences.inspect();
    shell(file).exec(`UPDATE pool_resource SET token = ${2n ** 62n}`);
    const { token } = await licences.claim({ mode: 'assign', once: 'hire-1' });
    expect(token).toBe(2n ** 62n + 1n);
    expect((await licences.inspect())[0]?.claim?.token).toBe(token);
  });
});

it('keeps pools with different prefixes apart in one file', async () => {
  const file = newFile();
  const places = [
    ['', 'job'],
    ['j', 'ob'],
    ['jo', 'b'],
    ['jo', 'job'],
  ] as const;
  for (const [prefix, name] of places) {
    const opened = pool(openStore(file, { prefix }), name, ['a']);
    onTestFinished(() => opened.close());
    const assigned = await opened.claim({ mode: 'assign', once: 'hire-1' });
    expect(assigned.token, `${prefix} and ${name}`).toBe(1n);
  }
});

it('of a database in memory lasts as long as its store', async () => {
  const [licences, others] = [open(':memory:', ['a']), open(':memory:', ['a'])] as const;
  await licences.claim({ mode: 'assign', once: 'hire-1' });
  expect(await licences.tryClaim({ mode: 'lease' })).toBeUndefined();
  expect(await others.tryClaim({ mode: 'lease' })).toBeDefined();
});

it.each([
  ['prefix', { prefix: 'x'.repeat(201) }],
  ['prefix', { prefix: '\ud800' }],
  ['synchronous', { synchronous: 'off' as 'full' }],
])('refuses a %s that it cannot use', (option, options) => {
  expect(() => sqlitePools('app.db', options)).toThrow(
    expect.objectContaining({ code: 'STORE_OPTION_INVALID', option }) as Error,
  );
});
