import { describe, expect, test } from 'vitest';
import { benches } from '../src/benches.ts';
import { readCommandLine } from '../src/command-line.ts';
import { isMissed, toJsonLine, toRow } from '../src/harness/row.ts';
import { formatNumber, formatTable } from '../src/harness/table.ts';

const subject = { work: 'a chain', peer: 'async.auto', target: 0.5, unit: 'ms' };
const missed = toRow(subject, { ours: [2, 2, 2], theirs: [3, 3, 3] });
const met = toRow({ ...subject, peer: 'p-map' }, { ours: [1], theirs: [2] });
const informing = toRow({ ...subject, target: null }, { ours: [9], theirs: [1] });

describe('the JSON line', () => {
  test('has one object with rows, and each row exactly the seven fields', () => {
    const { rows } = JSON.parse(toJsonLine([missed, informing]));
    expect(rows).toEqual([
      {
        ...{ work: 'a chain', peer: 'async.auto', ratio: 0.6667, target: 0.5 },
        ...{ ours: 2, theirs: 3, unit: 'ms' },
      },
      {
        work: 'a chain',
        peer: 'async.auto',
        ratio: 9,
        target: null,
        ours: 9,
        theirs: 1,
        unit: 'ms',
      },
    ]);
    expect(toJsonLine([missed])).not.toContain('\n');
  });

  test('has a ratio that is the quotient of the costs beside it', () => {
    const { ratio, ours, theirs } = toRow(subject, { ours: [1 / 3], theirs: [1 / 7] });
    expect(ratio).toBeCloseTo(ours / theirs, 3);
  });
});

describe('a target', () => {
  test('is the most that the ratio may be', () => {
    expect([missed, met, informing].map(isMissed)).toEqual([true, false, false]);
  });

  test('is marked in the table, and a work is named once', () => {
    const [, , first, second, third] = formatTable([missed, met, informing]).split('\n');
    expect(first).toMatch(/^a chain +async\.auto .* ≤ 0\.5 +✗$/);
    expect(second).toMatch(/^ +p-map .* ≤ 0\.5 +✓$/);
    expect(third).toMatch(/9–9$/);
  });

  test.each([
    [0.015234, '0.0152'],
    [1.2, '1.2'],
    [83.14, '83.1'],
    [1204.4, '1,204'],
  ])('numbers have three digits: %f is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('the command line', () => {
  const known = ['engine', 'lock'];

  test('runs everything without a name', () => {
    expect(readCommandLine([], known)).toMatchObject({ names: known, quick: false, json: false });
  });

  test('takes names and options in any order', () => {
    expect(readCommandLine(['--quick', 'lock', '--json'], known)).toMatchObject({
      ...{ names: ['lock'], quick: true, json: true, check: false },
    });
  });

  test('lists the names when one is unknown', () => {
    expect(() => readCommandLine(['locks'], known)).toThrow(/"locks".*engine, lock/);
  });

  test('asks for help and nothing else', () => {
    expect(readCommandLine(['--help'], known)).toMatchObject({ help: true });
    expect(readCommandLine([], known)).toMatchObject({ help: false });
  });

  test('explains itself when an option is unknown', () => {
    expect(() => readCommandLine(['--fast'], known)).toThrow(/--fast[\s\S]*--quick/);
  });
});

test.each(Object.entries(benches))(
  'the works of %s have names of their own, because child processes find them by name',
  async (_name, load) => {
    const { works } = await load();
    const names = works.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  },
);
