import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../src/command-line.ts';
import { type Section, withSections } from '../src/harness/results-page.ts';
import { toRow } from '../src/harness/row.ts';

const order = ['engine', 'lock'];

function section(name: string, changes: Partial<Section> = {}): Section {
  const subject = { work: 'a chain', peer: 'async.auto', target: 0.5, unit: 'ms' };
  const rows = [toRow(subject, { ours: [2, 2], theirs: [3, 3] })];
  const facts = { title: `${name}: graphs`, versions: 'Node 24 · async 3', day: '2026-01-31' };
  return { name, ...facts, quick: false, rows, studies: [], ...changes };
}

describe('the page of results', () => {
  test('says of each benchmark how to repeat it, and marks what it missed', () => {
    const page = withSections('', [section('engine', { quick: true })], order);
    expect(page).toContain('`npm run bench -- engine --quick`');
    expect(page).toContain('Graphs. Measured on 2026-01-31');
    expect(page).toContain(
      '| a chain | async.auto | **0.667** | 0.667–0.667 | ≤ 0.5 ✗ | 2 | 3 | ms |',
    );
  });

  test('keeps the order of the list, whichever came first', () => {
    const first = withSections('', [section('lock')], order);
    const both = withSections(first, [section('engine')], order);
    expect(both.match(/^## .*/gm)).toEqual(['## engine', '## lock']);
  });

  test('a benchmark that ran again replaces its own section alone; the same page comes back', () => {
    const page = withSections('', [section('engine'), section('lock')], order);
    const changed = withSections(page, [section('lock', { day: '2026-02-01' })], order);
    expect(changed).toBe(page.replace(/(## lock.*)2026-01-31/s, '$12026-02-01'));
    expect(withSections(changed, [section('lock')], order)).toBe(page);
  });

  test('a benchmark that is gone goes from the page', () => {
    const page = withSections('', [section('lock'), section('engine')], order);
    expect(withSections(page, [], ['engine']).match(/^## .*/gm)).toEqual(['## engine']);
  });

  test('text that Markdown would take for its own is shown as it is', () => {
    const subject = { work: 'a | b', peer: '<none>', target: null, unit: 'ms' };
    const rows = [toRow(subject, { ours: [1], theirs: [1] })];
    expect(withSections('', [section('engine', { rows })], order)).toContain(
      'a \\| b | \\<none\\>',
    );
  });
});

describe('results are kept', () => {
  test.each([
    { args: [], write: true },
    { args: ['--quick'], write: true },
    { args: ['engine'], write: false },
    { args: ['engine', '--write'], write: true },
    { args: ['--only', 'fan'], write: false },
  ])('of $args: $write', ({ args, write }) => {
    expect(readCommandLine(args, order).write).toBe(write);
  });

  test('never of a part of a benchmark', () => {
    expect(() => readCommandLine(['--only', 'fan', '--write'], order)).toThrow('whole benchmarks');
  });
});
