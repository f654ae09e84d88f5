/** The view of a run is the same of a file as of the process that ran it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Flow, start, workflow } from '@runafter/core';
import { readView, viewOf } from '@runafter/report';
import { sqliteRunStore } from '@runafter/sqlite';
import { expect, it } from 'vitest';

it('the view of a run is the same of an SQLite file, without the workflow', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-views-'));
  const inner = workflow('Inner', (flow: Flow<number>) => {
    const half = flow.action('Half', ({ input }) => input / 2);
    flow.action('Check', [half], ([half]) => {
      if (!Number.isInteger(half)) throw new Error('It is odd.');
    });
  });
  const flow = workflow('Orders', (flow: Flow<void>) => {
    const list = flow.action('List', () => [1, 2, 3, 4, 5]);
    const each = flow.forEach(
      'Each',
      [list],
      ([list]) => list,
      (each) => each.child('Sub', [], inner, (_, { item }) => item),
      { concurrency: 2 },
    );
    flow.action('After', [each], ([halves]) => halves.length);
  });
  const store = sqliteRunStore(join(folder, 'runs.db'));
  const run = start(flow, undefined, { store, runId: 'orders' });
  await run.finished;
  const view = viewOf(run);
  await store.close();

  const other = sqliteRunStore(join(folder, 'runs.db'));
  try {
    expect(await readView(other, 'orders')).toEqual(view);
    expect(view.why.text).toBe(run.why().text);
    expect(view.why.chain).toContain('Each[0]/Sub/Check');
  } finally {
    await other.close();
    rmSync(folder, { recursive: true });
  }
});
