/**
 * Wait for people: five approvals, over a restart.
 *
 * The program starts itself as the process that waits, which is killed with SIGKILL. This process is the
 * web server, to which the links in the mails lead. A day takes 0.8 seconds.
 * The page is docs/cookbook/wait-for-people.md.
 * @module
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { event, type Flow, inspectRun, on, settled, signal, start, workflow } from '@runafter/core';
import { sqliteRunStore } from '@runafter/sqlite';

/** What the process is told: which program to run, and on which folder. */
const [program, ownFolder] = process.argv.slice(2);
const folder = ownFolder ?? mkdtempSync(join(tmpdir(), 'wait-for-people-'));

const people = ['ann', 'bob', 'cleo', 'dan', 'eve'];
const days = (count: number) => count * 800;

/** Mails are in a file here, each once for its key. */
const outbox = {
  sent: () => {
    const path = join(folder, 'outbox');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  },
  /** How many mails begin like this, or have this in them. */
  count: (text: string) => outbox.sent().filter((mail) => mail.includes(text)).length,
};

const mail = {
  async send(text: string, key: string = crypto.randomUUID()): Promise<void> {
    const isSent = outbox.sent().some((line) => line.endsWith(key));
    if (!isSent) appendFileSync(join(folder, 'outbox'), `${text}, ${key}\n`);
  },
};

async function inMemory(): Promise<void> {
  // #region bug
  for (const person of people) await mail.send(`Dear ${person}, please approve`);
  let approvals = 0;
  process.on('message', () => {
    approvals++; // somebody clicked
    if (approvals === people.length) void mail.send('released');
  });
  // #endregion
  process.send?.('ready');
}

// #region workflow
const approval = event<{ ok: boolean }>('approval');

const release = workflow('Release', (flow: Flow<string[]>) => {
  const asked = flow.forEach(
    'People',
    [],
    (_, { input }) => input,
    (each) => {
      const mailed = each.action('Ask', ({ item, idempotencyKey }) =>
        mail.send(`Dear ${item}, please approve`, idempotencyKey),
      );
      const answer = each.waitFor('Answer', [mailed], approval, {
        correlate: (_, { item }) => item, // whose answer it is
        timeout: days(5),
      });
      each.action('Escalate', [on(answer, 'TimedOut')], (_, { item, idempotencyKey }) =>
        mail.send(`To the manager of ${item}: no answer`, idempotencyKey),
      );
      return settled(answer);
    },
    { concurrency: people.length },
  );
  return flow.action('Decide', [asked], async ([answers], { idempotencyKey }) => {
    const approvals = answers.filter(
      (answer) => answer.status === 'Succeeded' && answer.outputs.ok,
    );
    if (approvals.length >= 4) await mail.send('released', idempotencyKey);
    return approvals.length;
  });
});
// #endregion

async function durable(): Promise<void> {
  // #region process
  const store = sqliteRunStore(join(folder, 'runs.db'));
  const run = start(release, people, { store, runId: 'release-7', lease: '2s' });
  await run.finished;
  await store.close();
  // #endregion
}

const programs: Record<string, () => Promise<void>> = { inMemory, durable };

function startProcess(name: string): ChildProcess {
  return fork(import.meta.filename, [name, folder]);
}

async function naiveScene(): Promise<void> {
  const start = async () => {
    const child = startProcess('inMemory');
    await once(child, 'message'); // it is ready
    return child;
  };
  // #region lost
  const first = await start();
  for (const person of ['ann', 'ann', 'bob']) first.send(person); // ann has clicked twice
  first.kill('SIGKILL');
  const second = await start();
  for (const person of ['cleo', 'dan', 'eve']) second.send(person);
  await setTimeout(days(1));
  assert.equal(outbox.count('please approve'), 10); // everybody was asked twice
  assert.equal(outbox.count('released'), 0); // all have approved, and it waits for ever
  // #endregion
  second.kill('SIGKILL');
}

async function durableScene(): Promise<void> {
  const store = sqliteRunStore(join(folder, 'runs.db'));
  // #region click
  /** Where the link in the mail leads. The id makes it harmless to click twice. */
  function click(person: string, ok: boolean) {
    const options = { correlate: person, id: `answer of ${person}` };
    return signal(store, 'release-7', approval, { ok }, options);
  }
  // #endregion

  // #region restart
  const first = startProcess('durable');
  while (outbox.count('please approve') < people.length) await setTimeout(10);
  assert.equal(await click('ann', true), 'kept');
  assert.equal(await click('ann', true), 'duplicate'); // a second click
  await click('bob', true);
  first.kill('SIGKILL');

  await click('cleo', true); // nobody is there, and it is kept
  const second = startProcess('durable');
  await click('dan', true);
  await once(second, 'exit'); // eve does not answer

  assert.equal(outbox.count('please approve'), 5); // nobody was asked twice
  assert.equal(outbox.count('To the manager of eve'), 1);
  assert.equal(outbox.count('released'), 1);
  // #endregion

  // #region deadline
  const run = await inspectRun(store, 'release-7');
  for await (const { path, status, startTime, endTime } of run.outcomes('People[4]')) {
    if (path !== 'People[4]/Answer') continue;
    assert.equal(status, 'TimedOut');
    assert.ok(endTime.getTime() - startTime.getTime() < days(7)); // five, and not five more
  }
  // #endregion
  await store.close();
}

const work = programs[program ?? ''];
if (work !== undefined) await work();
else {
  await naiveScene();
  rmSync(join(folder, 'outbox'));
  await durableScene();
  rmSync(folder, { recursive: true });
}
