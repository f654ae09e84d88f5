/**
 * Five minutes: a graph, a loop that loses nothing, a failure that is handled, a run that survives.
 *
 * The page is docs/start.md.
 * @module
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// #region graph
import { type Flow, settled, start, workflow } from '@runafter/core';
import { tally } from '@runafter/results';
import { sqliteRunStore } from '@runafter/sqlite';

const welcome = workflow('Welcome', (flow: Flow<{ name: string }>) => {
  const account = flow.action('Create_Account', ({ input }) => `${input.name}@contoso.com`);
  const site = flow.action('Create_Site', [account], ([mail]) => `site of ${mail}`);
  const chat = flow.action('Post_To_Chat', [account], () => {
    throw new Error('The chat is down.');
  });
  return flow.action(
    'Report',
    [site, settled(chat)],
    ([site, chat]) => `${site}, chat ${chat.status}`,
  );
});

const run = start(welcome, { name: 'ada' });
const result = await run.finished;
if (result.status === 'Succeeded') console.log(result.outputs); // site of ada@contoso.com, chat Failed
console.log(result.handledFailures.map(({ path }) => path)); // [ 'Post_To_Chat' ]
// #endregion
assert(result.status === 'Succeeded');
assert.equal(result.outputs, 'site of ada@contoso.com, chat Failed');
assert.deepEqual(
  result.handledFailures.map(({ path }) => path),
  ['Post_To_Chat'],
);

// #region loop
const batch = workflow('Welcome_All', (flow: Flow<string[]>) => {
  const each = flow.forEach(
    'People',
    [],
    (_, { input }) => input,
    (each) =>
      each.action('Welcome', ({ item }) => {
        if (item === '') throw new Error('Somebody without a name.');
        return `welcome, ${item}`;
      }),
    { concurrency: 10 },
  );
  return flow.action('Count', [settled(each)], ([loop]) => tally(loop.iterations));
});

const people = await start(batch, ['ada', 'grace', '', 'alan']).finished;
if (people.status === 'Succeeded') console.log(people.outputs); // { total: 4, Succeeded: 3, Failed: 1, … }
// #endregion
assert(people.status === 'Succeeded');
assert.equal(people.outputs.Succeeded, 3);
assert.equal(people.outputs.Failed, 1);

const folder = await mkdtemp(join(tmpdir(), 'five-minutes-'));
process.chdir(folder);

// #region durable
const store = sqliteRunStore('runs.db');
const durable = start(batch, ['ada', 'grace'], { store, runId: 'monday' });
const first = await durable.finished;

const again = await start(batch, ['ada', 'grace'], { store, runId: 'monday' }).finished;
console.log(again.startTime.getTime() === first.startTime.getTime()); // true: it is the same run
await store.close();
// #endregion
assert(first.status === 'Succeeded' && again.status === 'Succeeded');
assert.deepEqual(again.outputs, first.outputs);
assert.deepEqual(again.startTime, first.startTime);

process.chdir(tmpdir());
await rm(folder, { recursive: true });

// #region why
const strict = workflow('Strict', (flow) => {
  const account = flow.action('Create_Account', () => {
    throw new Error('The directory answered 503.');
  });
  flow.action('Create_Site', [account], ([account]) => `site of ${account}`);
});

const failed = start(strict, undefined);
await failed.finished; // resolves: a failed action never makes it reject
console.log(failed.why().text);
// #endregion
assert.deepEqual(failed.why().text.split('\n'), [
  'Run of "Strict" ended Failed because of its leaf "Create_Site" (Skipped).',
  '  "Create_Site" was skipped and takes the status of what it waited for: "Create_Account" ended Failed.',
  '    "Create_Account" ended Failed: The directory answered 503.',
]);
