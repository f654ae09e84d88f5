/**
 * Decide by majority: five people are asked, three are enough, over a restart.
 *
 * The program starts itself as the process that waits, which is killed with SIGKILL.
 * The page is docs/cookbook/decide-by-majority.md.
 * @module
 */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { virtualClock } from '@runafter/clock';
import { event, inspectRun, resume, settled, signal, start, workflow } from '@runafter/core';
import { quorum } from '@runafter/results';
import { sqliteRunStore } from '@runafter/sqlite';

/** What the process is told: on which folder it works. */
const [, , ownFolder] = process.argv;
const folder = ownFolder ?? mkdtempSync(join(tmpdir(), 'decide-by-majority-'));
const people = ['ann', 'bob', 'cleo', 'dan', 'eve'] as const;

interface Answer {
  readonly ok: boolean;
}

const approval = event<Answer>('approval');

async function waitForAll(): Promise<void> {
  const clock = virtualClock();
  // #region bug
  const release = workflow('Release', (flow) => {
    const [ann, bob, cleo, dan, eve] = people.map((person) =>
      settled(flow.waitFor(person, [], approval, { correlate: () => person, timeout: '5d' })),
    );
    assert(ann && bob && cleo && dan && eve);
    return flow.action('Decide', [ann, bob, cleo, dan, eve], (answers) => {
      const yes = answers.filter(({ status }) => status === 'Succeeded'); // is an answer a yes?
      return yes.length > answers.length / 2;
    });
  });

  const run = start(release, undefined, { clock });
  for (const correlate of ['ann', 'bob', 'cleo'])
    await run.signal(approval, { ok: true }, { correlate });
  await clock.advance('4d');
  assert.equal(run.status, undefined); // three of five have said yes, and it still waits for the others
  // #endregion
  run.cancel();
  await run.finished;
}

// #region fix
const release = workflow('Release', (flow) => {
  const asked = quorum(
    flow,
    'Board',
    [],
    { needed: 'majority', vote: ({ ok }: Answer) => ok, timeout: '5d' },
    (board) => {
      const ask = (person: string) =>
        board.waitFor(person, [], approval, { correlate: () => person });
      return {
        ann: ask('ann'),
        bob: ask('bob'),
        cleo: ask('cleo'),
        dan: ask('dan'),
        eve: ask('eve'),
      };
    },
  );
  return flow.action('Decide', [asked], ([{ decision, yes, notVoted }]) => {
    switch (decision) {
      case 'accepted':
        return `released by ${yes.join(', ')}`;
      case 'rejected':
        return 'not released';
      case 'tied':
      case 'timed-out':
        return `to be decided by the chair; no answer from ${notVoted.map(({ branch }) => branch).join(', ')}`;
    }
  });
});
// #endregion

async function work(): Promise<void> {
  // #region process
  const store = sqliteRunStore(join(folder, 'runs.db'));
  await start(release, undefined, { store, runId: 'release-7', lease: '2s' }).finished;
  await store.close();
  // #endregion
}

function startProcess(): ChildProcess {
  return fork(import.meta.filename, [folder]);
}

async function overARestart(): Promise<void> {
  const store = sqliteRunStore(join(folder, 'runs.db'));
  const isThere = async () => {
    for await (const _ of store.listRuns()) return true;
    return false;
  };
  const answer = (correlate: string, ok: boolean) =>
    signal(store, 'release-7', approval, { ok }, { correlate, id: `answer of ${correlate}` });
  // #region restart
  const first = startProcess();
  while (!(await isThere())) await setTimeout(10);
  await answer('eve', true);
  await answer('bob', false);
  first.kill('SIGKILL');

  await answer('ann', true); // nobody is there, and it is kept
  const ended = once(startProcess(), 'exit');
  await answer('cleo', true); // the third yes: nobody waits for dan
  await ended;

  const run = await resume(release, 'release-7', { store }); // it has ended: this only reads it
  const result = await run.finished;
  assert(result.status === 'Succeeded');
  assert.equal(result.outputs, 'released by ann, cleo, eve');
  assert.equal(run.result('Board/dan')?.code, 'QUORUM_DECIDED');
  // #endregion
  assert.equal((await inspectRun(store, 'release-7')).status, 'Succeeded');
  await store.close();
}

async function withoutEnough(): Promise<void> {
  const clock = virtualClock();
  // #region chair
  const run = start(release, undefined, { clock });
  await run.signal(approval, { ok: true }, { correlate: 'ann' });
  await run.signal(approval, { ok: true }, { correlate: 'bob' });
  await clock.advance('5d');

  const late = await run.finished;
  assert(late.status === 'Succeeded'); // a vote that comes to nothing is a result, and no failure
  assert.equal(late.outputs, 'to be decided by the chair; no answer from cleo, dan, eve');
  // #endregion
}

if (ownFolder !== undefined) await work();
else {
  await waitForAll();
  await withoutEnough();
  await overARestart();
  rmSync(folder, { recursive: true });
}
