/**
 * Survive a restart: a batch that is killed half-way, and started again.
 *
 * The program starts itself as the process that works, which is killed with SIGKILL.
 * The page is docs/cookbook/survive-a-restart.md.
 * @module
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { boundedMap, type Flow, failed, rerun, resumeAll, start, workflow } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';

/** What the process is told: which program to run, on which folder, and after which payment it dies. */
const [program, ownFolder, killAt] = process.argv.slice(2);

/** What the systems hold is in files here, which stay whatever happens to the process. */
let folder = ownFolder ?? '';

function linesOf(file: string): string[] {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

function addLine(file: string, line: string): void {
  appendFileSync(join(folder, file), `${line}\n`);
}

type Status = 'Pending' | 'Processing' | 'Complete' | 'Failed';

const invoices = {
  due: Array.from({ length: 20 }, (_, index) => `invoice ${index + 1}`),

  async set(invoice: string, status: Status): Promise<void> {
    await setTimeout(2);
    addLine('statuses', `${invoice}: ${status}`);
  },

  /** The invoices that are in one of these. */
  in(...statuses: Status[]): string[] {
    const current = new Map(this.due.map((invoice) => [invoice, 'Pending']));
    for (const line of linesOf('statuses')) current.set(...(line.split(': ') as [string, string]));
    return this.due.filter((invoice) => statuses.includes(current.get(invoice) as Status));
  },
};

const bank = {
  /** Pays, once for each key. */
  async pay(invoice: string, idempotencyKey: string = crypto.randomUUID()): Promise<void> {
    await setTimeout(2);
    const payment = `${invoice}: ${idempotencyKey}`;
    if (linesOf('payments').includes(payment)) return;
    if (invoice === 'invoice 7' && linesOf('unblocked').length === 0) {
      throw new Error('The account is blocked.');
    }
    addLine('payments', payment);
    // The worst moment of all: it is paid, and nobody has been told.
    if (linesOf('payments').length === Number(killAt)) process.kill(process.pid, 'SIGKILL');
  },

  /** The invoices that were paid, each as often as it was. */
  paid: () => linesOf('payments').map((line) => line.split(': ')[0]),

  unblock: () => addLine('unblocked', 'all accounts'),
};

// #region bug
async function payAll(open: string[]): Promise<void> {
  await boundedMap(open, { concurrency: 4 }, async (invoice) => {
    try {
      await invoices.set(invoice, 'Processing');
      await bank.pay(invoice);
      await invoices.set(invoice, 'Complete');
    } catch {
      await invoices.set(invoice, 'Failed');
    }
  });
}
// #endregion

// #region fix
const payInvoices = workflow('Pay_Invoices', (flow: Flow<string[]>) => {
  flow.forEach(
    'Invoices',
    [],
    (_, { input }) => input,
    (each) => {
      const taken = each.action('Set_Processing', ({ item }) => invoices.set(item, 'Processing'));
      const paid = each.action('Pay', [taken], (_, { item, idempotencyKey }) =>
        bank.pay(item, idempotencyKey),
      );
      each.action('Set_Complete', [paid], (_, { item }) => invoices.set(item, 'Complete'));
      each.action('Set_Failed', [failed(paid)], (_, { item }) => invoices.set(item, 'Failed'));
    },
    { concurrency: 4 },
  );
});

async function payWeek47(): Promise<void> {
  const store = sqliteRunStore(join(folder, 'runs.db'));
  await resumeAll([payInvoices], { store }); // goes on with what a process that died has left
  const run = start(payInvoices, invoices.due, { store, runId: 'week-47', lease: '2s' });
  await run.finished; // of a run that has been started before, this waits for the end of that one
  await store.close();
}
// #endregion

/** Starts a process that dies at the tenth payment, and then the process that goes on. */
async function killedAndStartedAgain(name: string): Promise<void> {
  folder = mkdtempSync(join(tmpdir(), 'survive-a-restart-'));
  for (const args of [
    [name, folder, '10'],
    [name, folder],
  ]) {
    const [code, signal] = await once(fork(import.meta.filename, args), 'exit');
    assert.deepEqual([code, signal], args.length === 3 ? [null, 'SIGKILL'] : [0, null]);
  }
}

async function pendingOnes(): Promise<void> {
  // #region stuck
  await killedAndStartedAgain('payAll(invoices.in("Pending"))');
  assert.ok(invoices.in('Processing').length > 0); // and there they stay
  // #endregion
}

async function unfinishedOnes(): Promise<void> {
  // #region twice
  await killedAndStartedAgain('payAll(invoices.in("Pending", "Processing"))');
  assert.deepEqual(invoices.in('Pending', 'Processing'), []);
  assert.ok(bank.paid().length > new Set(bank.paid()).size); // paid twice
  // #endregion
}

async function durable(): Promise<void> {
  // #region survived
  await killedAndStartedAgain('payWeek47()');
  assert.deepEqual(invoices.in('Pending', 'Processing'), []);
  assert.deepEqual(invoices.in('Failed'), ['invoice 7']); // its account is blocked
  assert.equal(bank.paid().length, 19);
  assert.equal(new Set(bank.paid()).size, 19);
  // #endregion
}

async function failedOnes(): Promise<void> {
  // #region rerun
  bank.unblock();
  const store = sqliteRunStore(join(folder, 'runs.db'));
  const again = await rerun(payInvoices, 'week-47', { store, runId: 'week-47-again' });
  assert.equal((await again.finished).status, 'Succeeded');
  assert.deepEqual(bank.paid().slice(19), ['invoice 7']); // and nothing else
  await store.close();
  // #endregion
}

const programs: Record<string, () => Promise<void>> = {
  'payAll(invoices.in("Pending"))': () => payAll(invoices.in('Pending')),
  'payAll(invoices.in("Pending", "Processing"))': () =>
    payAll(invoices.in('Pending', 'Processing')),
  'payWeek47()': payWeek47,
};

const work = programs[program ?? ''];
if (work !== undefined) await work();
else {
  for (const scene of [pendingOnes, unfinishedOnes, durable]) {
    await scene();
    if (scene === durable) await failedOnes();
    rmSync(folder, { recursive: true });
  }
}
