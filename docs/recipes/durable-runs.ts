/**
 * Durable runs: what a program does to have its runs outlive it.
 *
 * The page is docs/durable-runs.md.
 * @module
 */
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  type Cipher,
  type DefinitionChangedError,
  deleteRuns,
  type Flow,
  inspectRun,
  type RunStore,
  type RunSuspendedError,
  resume,
  resumeAll,
  start,
  workflow,
} from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';

const folder = mkdtempSync(join(tmpdir(), 'durable-runs-'));
process.chdir(folder);

interface Hire {
  readonly id: number;
  readonly name: string;
}

const accounts = {
  created: 0,
  async create({ name }: Hire, _options: { signal: AbortSignal; idempotencyKey: string }) {
    this.created++;
    return name.toLowerCase();
  },
};
const mail = { welcome: async (_account: string, _key: string) => undefined };

// #region workflow
const onboarding = workflow('Onboarding', (flow: Flow<Hire>) => {
  const account = flow.action('Create_Account', ({ input, signal, idempotencyKey }) =>
    accounts.create(input, { signal, idempotencyKey }),
  );
  return flow.action('Send_Welcome', [account], ([account], { idempotencyKey }) =>
    mail.welcome(account, idempotencyKey),
  );
});
// #endregion

async function short(): Promise<void> {
  const hire: Hire = { id: 17, name: 'Ada' };
  // #region start
  const store = sqliteRunStore('runs.db');
  await resumeAll([onboarding], { store }); // whatever an earlier process has not finished

  const run = start(onboarding, hire, { store, runId: `onboarding-${hire.id}` });
  const { status } = await run.finished; // called again with this id, it is the same run
  // #endregion
  assert.equal(status, 'Succeeded');
  await start(onboarding, hire, { store, runId: `onboarding-${hire.id}` }).finished;
  assert.equal(accounts.created, 1);

  // #region inspect
  const failed = { status: ['Failed', 'TimedOut'], workflow: 'Onboarding' } as const;
  for await (const { runId, startTime, end } of store.listRuns({ ...failed, limit: 50 }))
    console.log(runId, new Date(startTime), end?.error?.message);

  const stored = await inspectRun(store, 'onboarding-17');
  console.log(stored.status, stored.startTime);
  for await (const { path, status, attempt } of stored.outcomes())
    console.log(path, status, attempt);

  await deleteRuns(store, { status: 'Succeeded', endedBefore: Date.now() - 7 * 86_400_000 });
  // #endregion
  assert.equal(stored.status, 'Succeeded');
  await store.close();
}

async function suspended(): Promise<void> {
  const store = sqliteRunStore('suspended.db');
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  let pause = 60_000;
  const patient = workflow('Patient', (flow: Flow<void>) => {
    flow.action('Wait', ({ signal }) => {
      begin();
      return setTimeout(pause, undefined, { signal });
    });
  });
  const run = start(patient, undefined, { store, runId: 'patient' });
  void begun.then(() => process.kill(process.pid, 'SIGTERM'));
  // #region suspend
  process.once('SIGTERM', () => void run.suspend()); // tells handlers to stop, frees the lease
  try {
    await run.finished;
  } catch (error) {
    // It is not over: the next process goes on with it.
    if ((error as RunSuspendedError).code !== 'RUN_SUSPENDED') throw error;
  } finally {
    await store.close();
  }
  // #endregion
  await assert.rejects(run.finished, { code: 'RUN_SUSPENDED' });

  pause = 0;
  const next = sqliteRunStore('suspended.db');
  const { finished } = await resume(patient, 'patient', { store: next });
  assert.equal((await finished).status, 'Succeeded');
  await next.close();
}

async function streamed(): Promise<void> {
  const store = sqliteRunStore('streamed.db');
  const leads = async function* (): AsyncGenerator<Hire> {
    for (let id = 1; id <= 100; id++) yield { id, name: `lead ${id}` };
  };
  const file = async (_lead: Hire) => undefined;
  const fileLeads = workflow('File_Leads', (flow: Flow<void>) => {
    // #region stream
    flow.forEach(
      'Leads',
      [],
      () => leads(), // read again after a restart, from its beginning
      (each) => {
        each.action('File', ({ item }) => file(item));
      },
      { concurrency: 10, keep: 'summary', id: (lead) => lead.id },
    );
    // #endregion
  });
  assert.equal((await start(fileLeads, undefined, { store }).finished).status, 'Succeeded');
  await store.close();
}

async function changed(): Promise<void> {
  const store = sqliteRunStore('runs.db');
  const onboardingWithBadge = workflow('Onboarding', (flow: Flow<Hire>) => {
    const account = flow.action('Create_Account', () => 'ada');
    flow.action('Order_Badge', [account], () => undefined);
  });
  // #region changed
  await assert.rejects(
    resume(onboardingWithBadge, 'onboarding-17', { store }),
    (error: DefinitionChangedError) =>
      error.code === 'DEFINITION_CHANGED' &&
      error.message.includes('Order_Badge was added; Send_Welcome was removed'),
  );
  // #endregion
  await store.close();
}

// #region cipher
/** AES-256-GCM with a key of 32 bytes; what is stored is nonce, tag and ciphertext. */
function aesCipher(key: Uint8Array): Cipher {
  return {
    encrypt(text) {
      const nonce = randomBytes(12);
      const aes = createCipheriv('aes-256-gcm', key, nonce);
      const encrypted = Buffer.concat([aes.update(text, 'utf8'), aes.final()]);
      return Buffer.concat([nonce, aes.getAuthTag(), encrypted]).toString('base64');
    },
    decrypt(text) {
      const bytes = Buffer.from(text, 'base64');
      const aes = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), {
        authTagLength: 16,
      });
      aes.setAuthTag(bytes.subarray(12, 28));
      return Buffer.concat([aes.update(bytes.subarray(28)), aes.final()]).toString('utf8');
    },
  };
}
// #endregion

async function secure(): Promise<void> {
  const store: RunStore = sqliteRunStore('secure.db');
  const withToken = workflow('With_Token', (flow: Flow<void>) => {
    const token = flow.action('Get_Token', () => 'opensesame', { secure: { outputs: true } });
    flow.action('Call', [token], ([token]) => token.length);
  });
  assert.throws(() => start(withToken, undefined, { store }), { code: 'CIPHER_REQUIRED' });
  const cipher = aesCipher(randomBytes(32));
  const result = await start(withToken, undefined, { store, cipher, runId: 'secret' }).finished;
  assert.equal(result.status, 'Succeeded');
  const stored = await store.readFrame('secret', '');
  assert.ok(!JSON.stringify(stored).includes('opensesame'));
  await store.close();
}

for (const scene of [short, suspended, streamed, changed, secure]) await scene();
rmSync(folder, { recursive: true });
