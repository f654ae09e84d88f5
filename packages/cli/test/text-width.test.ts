/** How wide texts are on a terminal, and where they are cut. */
import { stripVTControlCharacters } from 'node:util';
import { describe as describeWorkflow, type Flow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { renderProgress } from '../src/progress/render-progress.ts';
import { RunProgress } from '../src/progress/run-progress.ts';
import { textTable } from '../src/text-table.ts';
import { shortened, widthOf } from '../src/text-width.ts';
import { fakeSession } from './fake-session.ts';

const { style } = fakeSession().stdout;

it.each([
  ['Validate', 8],
  ['Übung', 5],
  ['U\u0308bung', 5],
  ['受注', 4],
  ['ｱｲ', 2],
  ['주문', 4],
  ['👩‍🚀!', 3],
  ['\u001b[32mok\u001b[39m', 2],
  ['', 0],
])('%j takes %i columns', (text, width) => {
  expect(widthOf(text)).toBe(width);
});

it('a text is cut between characters, to what fits', () => {
  expect(shortened('Validate', 8)).toBe('Validate');
  expect(shortened('Validate', 7)).toBe('Valida…');
  expect(shortened('受注処理', 6)).toBe('受注…');
  expect(shortened('👩‍🚀👩‍🚀👩‍🚀', 4)).toBe('👩‍🚀…');
});

it('columns stand under each other whatever is in them', () => {
  const table = textTable(
    [{ header: 'NAME' }, { header: 'IS' }],
    [
      ['受注', 'a'],
      ['Ann', 'b'],
    ],
    style,
  );
  expect(table).toBe('NAME  IS\n受注  a\nAnn   b\n');
});

describe('a progress bar with names in Japanese', () => {
  const name = '受注処理'.repeat(12);
  const flow = workflow(name, (root: Flow<void>) => root.action(name, () => 1));
  const progress = new RunProgress(describeWorkflow(flow));
  progress.observe({
    ...{ type: 'action.started', runId: 'r', workflow: name, time: new Date(0) },
    ...{ path: name, address: name, name, kind: 'action' },
  });

  it.each([40, 80, 120])('stays on its lines in %i columns', (columns) => {
    const lines = renderProgress(progress, { columns, style, now: 0, since: 0 });
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(widthOf(stripVTControlCharacters(line))).toBeLessThan(columns);
  });
});
