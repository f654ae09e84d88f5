/**
 * Undo what was done: when the last step fails, nothing of the others stays.
 *
 * The page is docs/cookbook/undo-what-was-done.md.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import {
  formatSagaReport,
  none,
  retryCompensation,
  saga,
  sagaReport,
  storedSagaReports,
} from '@runafter/saga';
import { sqliteRunStore } from '@runafter/sqlite';

const clock = virtualClock({ autoAdvance: true });
const folder = await mkdtemp(join(tmpdir(), 'undo-'));

interface Hire {
  readonly mail: string;
}

/** A system that keeps records by idempotency key, as good APIs do. Every call takes a second. */
class System {
  readonly records = new Map<string, string>();
  /** What it answers to a removal, if it does not do it. */
  refuses: Error | undefined;

  async create(idempotencyKey: string, what: string): Promise<string> {
    await clock.sleep('1s');
    this.records.set(idempotencyKey, what);
    return idempotencyKey;
  }

  async remove(idempotencyKey: string): Promise<void> {
    await clock.sleep('1s');
    if (this.refuses !== undefined) throw this.refuses;
    this.records.delete(idempotencyKey);
  }
}

let directory = new System();
let sites = new System();
const mails: string[] = [];
const sql = {
  async log(_account: string, _idempotencyKey?: string): Promise<void> {
    await clock.sleep('1s');
    throw new Error('The table is locked.');
  },
  /** Of a line that may not be there. */
  async remove(_account: string): Promise<void> {
    await clock.sleep('1s');
  },
};
const hire: Hire = { mail: 'ada@contoso.com' };

async function asPeopleWriteIt(): Promise<void> {
  // #region bug
  const onboard = workflow('Onboard', (flow: Flow<Hire>) => {
    const account = flow.action('Account', ({ input, idempotencyKey }) =>
      directory.create(idempotencyKey, input.mail),
    );
    const site = flow.action('Site', ({ input, idempotencyKey }) =>
      sites.create(idempotencyKey, input.mail),
    );
    flow.action('Log', [account, site], ([account]) => sql.log(account));
  });

  const run = await start(onboard, hire, { clock }).finished;
  assert.equal(run.status, 'Failed');
  assert.equal(directory.records.size + sites.records.size, 2); // half an employee
  // #endregion
}

// #region fix
const onboard = workflow('Onboard', (flow: Flow<Hire>) => {
  saga(flow, 'Hire', [], (saga) => {
    const account = saga.step(
      'Account',
      ({ input, idempotencyKey }) => directory.create(idempotencyKey, input.mail),
      { compensate: (_, { step }) => directory.remove(step.idempotencyKey) },
    );
    const site = saga.step(
      'Site',
      ({ input, idempotencyKey }) => sites.create(idempotencyKey, input.mail),
      { compensate: (_, { step }) => sites.remove(step.idempotencyKey), timeout: '30s' },
    );
    const logged = saga.step(
      'Log',
      [account, site],
      ([account], { idempotencyKey }) => sql.log(account, idempotencyKey),
      { compensate: (_, { step }) => sql.remove(step.idempotencyKey) }, // it may have been written
    );
    saga.step('Welcome', [logged], (_, { input }) => mails.push(input.mail), {
      compensate: none('a mail cannot be unsent'),
    });
  });
});
// #endregion

async function undone(): Promise<void> {
  [directory, sites] = [new System(), new System()];
  // #region undone
  const run = start(onboard, hire, { clock });
  const result = await run.finished;

  assert(result.status === 'Failed');
  assert.match(result.error.message, /The table is locked/);
  assert.equal(directory.records.size + sites.records.size, 0);

  const { steps } = sagaReport(run.result('Hire'));
  assert.deepEqual(
    steps.map(({ step, outcome }) => `${step}: ${outcome}`),
    ['Account: undone', 'Site: undone', 'Log: undone', 'Welcome: not-needed'],
  );
  // #endregion
}

async function notUndone(): Promise<void> {
  [directory, sites] = [new System(), new System()];
  sites.refuses = new Error('The site is being indexed.');
  const store = sqliteRunStore(join(folder, 'runs.db'));
  // #region later
  const run = start(onboard, hire, { clock, store, runId: 'hire-17' });
  const result = await run.finished;

  assert(result.status === 'Failed');
  assert.equal(result.error.code, 'COMPENSATION_FAILED');
  assert.equal(directory.records.size, 0); // what could be undone, was
  console.error(formatSagaReport(sagaReport(run.result('Hire')))); // for a person

  sites.refuses = undefined; // the next morning, in another process
  await retryCompensation(onboard, 'hire-17', { store, clock });

  const [report] = await storedSagaReports(onboard, 'hire-17', { store, clock });
  assert.equal(report?.steps.find(({ step }) => step === 'Site')?.outcome, 'undone');
  assert.equal(sites.records.size, 0);
  // #endregion
  await store.close();
}

try {
  await asPeopleWriteIt();
  await undone();
  await notUndone();
} finally {
  await rm(folder, { recursive: true, force: true });
}
