/**
 * From one process to ten without changing the workflow: in memory, in a file, and over processes that meet
 * in Redis, one of which is killed.
 *
 * The program starts itself as the processes that work. The page is docs/cookbook/from-one-process-to-ten.md.
 * @module
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { distribute } from '@runafter/bullmq';
import { type Flow, type RunResult, start, workflow } from '@runafter/core';
import { redisRunStore } from '@runafter/redis';
import { sqliteRunStore } from '@runafter/sqlite';
import { Places } from 'integration-tests/places';

/** What a process is told: what it is, where the ledger is, and what else it needs. */
const [role = '', ownFolder, ...rest] = process.argv.slice(2);

/** What has been booked is in a file here, which stays whatever happens to a process. */
let folder = ownFolder ?? '';

/** After so many bookings of its own, a process dies. */
let killAt = Number.POSITIVE_INFINITY;

const shops = Array.from({ length: 24 }, (_, index) => `shop ${index + 1}`);

const tills = {
  async read(shop: string): Promise<number> {
    await setTimeout(20);
    return 1_000 * Number(shop.split(' ')[1]);
  },
};

interface Booking {
  readonly shop: string;
  readonly amount: number;
  readonly key: string;
  /** The process that has booked it. */
  readonly by: number;
}

const ledger = {
  bookings(): Booking[] {
    const path = join(folder, 'ledger');
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  },

  /** Books, once for each key. */
  async book(shop: string, amount: number, key: string = crypto.randomUUID()): Promise<number> {
    await setTimeout(20);
    if (ledger.bookings().some((booking) => booking.key === key)) return amount;
    const booking: Booking = { shop, amount, key, by: process.pid };
    appendFileSync(join(folder, 'ledger'), `${JSON.stringify(booking)}\n`);
    const own = ledger.bookings().filter(({ by }) => by === process.pid);
    if (own.length === killAt) process.kill(process.pid, 'SIGKILL');
    return amount;
  },
};

async function untilHalfIsBooked(): Promise<void> {
  while (ledger.bookings().length < shops.length / 2) await setTimeout(5);
}

async function byHand(): Promise<void> {
  const [number, processes] = rest.map(Number) as [number, number];
  if (number === 0) killAt = 5;
  // #region bug
  const mine = shops.filter((_, index) => index % processes === number); // of two, every second one
  for (const shop of mine) await ledger.book(shop, await tills.read(shop));
  // #endregion
}

// #region workflow
const closeMonth = workflow('Close_Month', (flow: Flow<string[]>) => {
  const booked = flow.forEach(
    'Shops',
    [],
    (_, { input }) => input,
    (each) => {
      const read = each.action('Read_Till', ({ item }) => tills.read(item));
      return each.action('Book', [read], ([amount], { item, idempotencyKey }) =>
        ledger.book(item, amount, idempotencyKey),
      );
    },
    { concurrency: 6 },
  );
  return flow.action('Total', [booked], ([amounts]) => amounts.reduce((sum, each) => sum + each));
});
// #endregion

async function inMemory(): Promise<RunResult<number>> {
  // #region memory
  return await start(closeMonth, shops).finished;
  // #endregion
}

async function inAFile(): Promise<RunResult<number>> {
  // #region file
  const store = sqliteRunStore(join(folder, 'runs.db'));
  const result = await start(closeMonth, shops, { store, runId: 'november' }).finished;
  await store.close();
  return result;
  // #endregion
}

// #region meet
/** What all processes have: the run in the store, and the work in queues. */
function meet(url: string, prefix: string) {
  const store = redisRunStore(url, { prefix });
  const distribution = distribute([closeMonth], {
    connection: { url },
    store,
    prefix: `${prefix}queues`,
    lease: '2s', // how long a process may be silent before others take over; 15s unless said
  });
  return { store, distribution };
}
// #endregion

async function work(): Promise<void> {
  const [url, prefix] = rest as [string, string];
  // #region work
  const { distribution } = meet(url, prefix);
  await distribution.work(); // until SIGTERM: then it gives back what it has in its hands, and ends
  // #endregion
  process.once('disconnect', () => process.exit()); // it does not outlive who has started it
  process.send?.('ready');
}

async function overProcesses(url: string, prefix: string): Promise<RunResult<number>> {
  const [first, second] = [startProcess('work', url, prefix), startProcess('work', url, prefix)];
  await Promise.all([first, second].map((worker) => once(worker, 'message'))); // ready
  try {
    // #region distributed
    const { store, distribution } = meet(url, prefix);
    const run = await distribution.start(closeMonth, shops, { runId: 'november' });
    await untilHalfIsBooked();
    first.kill('SIGKILL'); // one of the two processes that work
    const result = await run.finished;
    await distribution.close();
    await store.close();
    // #endregion
    return result;
  } finally {
    second.kill('SIGTERM');
    await once(second, 'exit');
  }
}

/** Starts this program as a process that works. */
function startProcess(role: string, ...args: readonly string[]): ChildProcess {
  return fork(import.meta.filename, [role, folder, ...args]);
}

/** Each on a ledger of its own. */
async function scene(perform: () => Promise<void>): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'close-month-'));
  try {
    await perform();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same each time: the total, and each shop booked once. */
function check(how: string, result: RunResult<number>): void {
  if (result.status !== 'Succeeded') throw new Error(result.error.message);
  const booked = ledger.bookings();
  assert.equal(result.outputs, 300_000);
  assert.equal(booked.length, 24);
  assert.equal(new Set(booked.map(({ shop }) => shop)).size, 24);
  const processes = new Set(booked.map(({ by }) => by)).size;
  console.log(`${how.padEnd(20)}  ${result.outputs}  24 shops, booked by ${processes}`);
}

async function divided(): Promise<void> {
  // #region lost
  const processes = [startProcess('byHand', '0', '2'), startProcess('byHand', '1', '2')];
  await Promise.all(processes.map((one) => once(one, 'exit'))); // the first one is killed
  assert.equal(ledger.bookings().length, 17); // of 24, and no total
  // #endregion
}

const programs: Record<string, () => Promise<void>> = { byHand, work };
const program = programs[role];
if (program !== undefined) await program();
else {
  await using places = new Places(() => {});
  await using redis = await places.open('redis');
  const { url, prefix } = redis.place;
  await scene(divided);
  await scene(async () => check('in one process', await inMemory()));
  await scene(async () => check('kept in a file', await inAFile()));
  await scene(async () => check('over two, one killed', await overProcesses(url, prefix)));
}
